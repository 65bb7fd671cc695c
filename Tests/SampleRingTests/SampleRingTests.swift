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
    var random = SeededGenerator(seed: seed)
    let ring = SampleRing(capacity: 16)
    var model: [Sample] = []
    var next = 0
    var drops: UInt64 = 0
    for _ in 0..<20_000 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        let accepted = ring.push(.numbered(next))
        #expect(accepted == (model.count < 16))
        if accepted { model.append(.numbered(next)) } else { drops += 1 }
        next += 1
      case 1:
        let batch = (0..<Int.random(in: 0...20, using: &random)).map { Sample.numbered(next + $0) }
        let accepted = ring.push(contentsOf: batch.span)
        #expect(accepted == min(batch.count, 16 - model.count))
        model += batch.prefix(accepted)
        drops += UInt64(batch.count - accepted)
        next += batch.count
      case 2:
        let sample = ring.pop()
        #expect(sample == model.first)
        if !model.isEmpty { model.removeFirst() }
      default:
        let limit = Int.random(in: 0...20, using: &random)
        var seen: [Sample] = []
        ring.drain(atMost: limit) { seen.append($0) }
        #expect(seen == Array(model.prefix(limit)))
        model.removeFirst(seen.count)
      }
      #expect(ring.count == model.count)
    }
    #expect(ring.dropped == drops && drops > 0)
    #expect(ring.fault == nil)
  }
}
