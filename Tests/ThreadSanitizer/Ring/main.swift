// SPDX-License-Identifier: Apache-2.0
// A producer thread and a consumer thread on one ring, for ThreadSanitizer; built and run by Tests/Peers/sanitizers.py.
//
// ThreadSanitizer does not see a slot being copied (128 bytes at once), so each side leaves notes in plain words: the producer
// before it gives a sample, the consumer before it gives a slot back. That the other may read them is all that the ring promises.

import Glibc
import SampleRing
import TimeTypes

let total = 200_000

/// Both ends of a ring: one value in one program, or two values over one block as two processes have it.
final class Ends: @unchecked Sendable {
  static let capacity = 64
  let producer: SampleRing
  let other: Other
  /// What the producer noted of each sample, and the consumer.
  let sent = UnsafeMutablePointer<Int>.allocate(capacity: total)
  let returned = UnsafeMutablePointer<Int>.allocate(capacity: total)
  var produceErrors = 0

  enum Other: ~Copyable {
    case same
    case attached(SampleRing)
  }

  init() {
    producer = SampleRing(capacity: Ends.capacity)
    other = .same
  }

  init(over memory: UnsafeMutableRawBufferPointer) throws {
    producer = try SampleRing(formatting: memory, capacity: Ends.capacity)
    other = .attached(try SampleRing(attaching: memory))
  }

  func produce() {
    var next = 0
    while next < total {
      let end = min(next + 5, total)
      for number in next..<end { sent[number] = number }
      let first = next
      if next % 3 == 0 {
        let batch = (next..<end).map { numbered($0) }
        next += producer.push(contentsOf: batch.span)
      } else if producer.push(numbered(next)) {
        next += 1
      }
      for number in first..<next where number >= Self.capacity {
        if returned[number - Self.capacity] != number - Self.capacity { produceErrors += 1 }
      }
      if first == next { sched_yield() }
    }
  }

  func consume() -> Int {
    switch other {
    case .same: take(producer)
    case .attached(let ring): take(ring)
    }
  }

  private func take(_ ring: borrowing SampleRing) -> Int {
    var received = 0
    var wrong = 0
    func check(_ sample: Sample) {
      if sample != numbered(received) || sent[received] != received { wrong += 1 }
      received += 1
    }
    var sample = numbered(-1)
    while received < total {
      returned[received] = received
      if received % 3 == 1, let sample = ring.pop() {
        check(sample)
      } else if received % 3 == 2, ring.pop(into: &sample) {
        check(sample)
      } else if ring.drain(
        atMost: 16,
        {
          returned[received] = received
          check($0)
        }) == 0
      {
        sched_yield()
      }
    }
    return wrong
  }
}

func numbered(_ number: Int) -> Sample {
  Sample(
    source: SourceID(rawValue: UInt32(truncatingIfNeeded: number)), sequence: UInt32(truncatingIfNeeded: number &* 3),
    local: TimeInterval(nanoseconds: Int64(number) &* 5), reference: TimeInterval(nanoseconds: Int64(number) &* 7),
    raw: RawInstant(nanoseconds: Int64(number) &* 11))
}

func run(_ name: String, _ ends: Ends) -> Bool {
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    {
      if let ends = $0 { Unmanaged<Ends>.fromOpaque(ends).takeUnretainedValue().produce() }
      return nil
    }, Unmanaged.passUnretained(ends).toOpaque())
  let wrong = ends.consume()
  pthread_join(thread, nil)
  print("\(name): \(total) samples, \(wrong + ends.produceErrors) wrong")
  return wrong + ends.produceErrors == 0
}

let bytes = SampleRingLayout.byteCount(capacity: Ends.capacity)
let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 128)
let isRight = [run("private", Ends()), run("shared", try Ends(over: block))]
exit(isRight.allSatisfy { $0 } ? 0 : 1)
