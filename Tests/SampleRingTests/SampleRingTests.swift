// SPDX-License-Identifier: Apache-2.0

import SampleRing
import TestSupport
import Testing
import TimeTypes

struct SampleRingTests {
  @Test(arguments: [(-3, 1), (0, 1), (1, 1), (2, 2), (3, 4), (255, 256), (256, 256), (257, 512), (.max, 1 << 20)])
  func capacityIsThePowerOfTwoThatHoldsIt(wanted: Int, capacity: Int) {
    #expect(SampleRingLayout.capacity(atLeast: wanted) == capacity)
    #expect(SampleRingLayout.byteCount(capacity: wanted) == 384 + capacity * MemoryLayout<Sample>.size)
    if capacity < 1000 {
      let made = SampleRing(capacity: wanted).capacity
      #expect(made == capacity)
    }
  }

  @Test(arguments: [1, 2, 4, 64])
  func itHoldsExactlyItsCapacity(capacity: Int) {
    let ring = SampleRing(capacity: capacity)
    for round in 0..<3 {
      for index in 0..<capacity {
        let accepted = ring.push(.numbered(round * 100 + index))
        #expect(accepted)
      }
      let refused = ring.push(.numbered(-1))
      #expect(!refused)
      #expect(ring.count == capacity)
      #expect(ring.dropped == UInt64(round + 1))
      for index in 0..<capacity {
        let sample = ring.pop()
        #expect(sample == .numbered(round * 100 + index))
      }
      let none = ring.pop()
      #expect(none == nil)
      #expect(ring.count == 0)
    }
    #expect(ring.fault == nil)
  }

  @Test
  func oneFreedSlotTakesOneSample() {
    let ring = SampleRing(capacity: 4)
    for number in 0..<4 { ring.push(.numbered(number)) }
    for number in 4..<1000 {
      let full = !ring.push(.numbered(-1))
      let oldest = ring.pop()
      let accepted = ring.push(.numbered(number))
      #expect(full && accepted && oldest == .numbered(number - 4))
    }
  }

  @Test
  func aBatchIsTakenAsFarAsThereIsRoom() {
    let ring = SampleRing(capacity: 8)
    let batch = (0..<5).map { Sample.numbered($0) }
    let first = ring.push(contentsOf: batch.span)
    let second = ring.push(contentsOf: batch.span)
    let third = ring.push(contentsOf: batch.span)
    #expect(first == 5 && second == 3 && third == 0)
    #expect(ring.dropped == 7)
    var seen: [Sample] = []
    let handed = ring.drain { seen.append($0) }
    #expect(handed == 8)
    #expect(seen == batch + batch.prefix(3))
    let nothing = ring.push(contentsOf: [Sample]().span)
    #expect(nothing == 0 && ring.count == 0)
  }

  @Test
  func drainStopsAtItsLimit() {
    let ring = SampleRing(capacity: 8)
    for number in 0..<6 { ring.push(.numbered(number)) }
    var seen: [Sample] = []
    let counts = [ring.drain(atMost: 0) { seen.append($0) }, ring.drain(atMost: 4) { seen.append($0) }]
    #expect(counts == [0, 4] && ring.count == 2)
    let rest = ring.drain(atMost: -1) { seen.append($0) } + ring.drain(atMost: 4) { seen.append($0) }
    #expect(rest == 2 && seen == (0..<6).map { .numbered($0) })
  }

  /// Any order of single and batched calls behaves as a queue with a limit.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func itIsAQueue(seed: UInt64) {
    let ring = SampleRing(capacity: 16)
    checkQueue(producer: ring, consumer: ring, seed: seed)
  }

  /// In a shared block, with the two sides in values of their own.
  @Test(arguments: [6, 7, 8] as [UInt64])
  func itIsAQueueBetweenTwoProcesses(seed: UInt64) throws {
    let block = SharedBlock(capacity: 16)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 16)
    let producer = try SampleRing(attaching: block.bytes)
    checkQueue(producer: producer, consumer: consumer, seed: seed)
    #expect(block.areGuardsWhole)
  }

  private func checkQueue(producer: borrowing SampleRing, consumer: borrowing SampleRing, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var model: [Sample] = []
    var next = 0
    var drops: UInt64 = 0
    func takeFirst() -> Sample? { model.isEmpty ? nil : model.removeFirst() }
    for _ in 0..<20_000 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        let accepted = producer.push(.numbered(next))
        #expect(accepted == (model.count < 16))
        if accepted { model.append(.numbered(next)) } else { drops += 1 }
        next += 1
      case 1:
        let batch = (0..<Int.random(in: 0...20, using: &random)).map { Sample.numbered(next + $0) }
        let accepted = producer.push(contentsOf: batch.span)
        #expect(accepted == min(batch.count, 16 - model.count))
        model += batch.prefix(accepted)
        drops += UInt64(batch.count - accepted)
        next += batch.count
      case 2:
        let sample = consumer.pop()
        let expected = takeFirst()
        #expect(sample == expected)
      case 3:
        var sample = Sample.numbered(-7)
        let taken = consumer.pop(into: &sample)
        let expected = takeFirst()
        #expect(taken == (expected != nil) && sample == expected ?? .numbered(-7))
      case 4:
        let sample = Sample.numbered(next)
        let accepted = producer.emplace { sample }
        #expect(accepted == (model.count < 16))
        if accepted { model.append(sample) } else { drops += 1 }
        next += 1
      default:
        let limit = Int.random(in: 0...20, using: &random)
        var seen: [Sample] = []
        consumer.drain(atMost: limit) { seen.append($0) }
        #expect(seen == Array(model.prefix(limit)))
        model.removeFirst(seen.count)
      }
      #expect(consumer.count == model.count)
    }
    #expect(consumer.dropped == drops && drops > 0)
    #expect(consumer.fault == nil)
  }
}
