// SPDX-License-Identifier: Apache-2.0

import Foundation
import SampleRing
import Synchronization
import TestSupport
import Testing
import TimeTypes

/// Two processes over one block, the other one hostile.
struct SampleRingLayoutTests {
  static let magicAt = 0
  static let versionAt = 8
  static let sampleBytesAt = 12
  static let capacityAt = 16
  static let tailAt = 128
  static let headAt = 256
  static let slotsAt = 384

  @Test
  func aSampleIsSixteenWordsWithItsEnumerationsInWord14() {
    #expect(MemoryLayout<Sample>.size == SampleRingLayout.sampleBytes)
    #expect(MemoryLayout<Sample>.stride == 128)
    let offsets = [
      MemoryLayout<Sample>.offset(of: \.timescale), MemoryLayout<Sample>.offset(of: \.leap),
      MemoryLayout<Sample>.offset(of: \.receiveKind), MemoryLayout<Sample>.offset(of: \.transmitKind),
    ]
    #expect(offsets == [112, 113, 117, 118])
    for raw in UInt8.min...UInt8.max {
      let isValue = raw < 4
      #expect((TimescaleCode(rawValue: raw) != nil) == isValue)
      #expect((LeapIndicator(rawValue: raw) != nil) == isValue)
      #expect((StampKind(rawValue: raw) != nil) == isValue)
    }
  }

  @Test
  func whatOneSideSendsTheOtherGets() throws {
    let block = SharedBlock(capacity: 8)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
    let producer = try SampleRing(attaching: block.bytes)
    #expect(producer.capacity == 8)
    for round in 0..<10 {
      let batch = (0..<9).map { Sample.numbered(round * 10 + $0) }
      let accepted = producer.push(contentsOf: batch.span)
      #expect(accepted == 8)
      var seen: [Sample] = []
      consumer.drain { seen.append($0) }
      #expect(seen == Array(batch.prefix(8)))
    }
    #expect(consumer.dropped == 10)
    // A producer that joins later (a child started again) goes on where the block is.
    let second = try SampleRing(attaching: block.bytes)
    let accepted = second.push(.numbered(77))
    let sample = consumer.pop()
    #expect(accepted && sample == .numbered(77))
    #expect(consumer.fault == nil && block.areGuardsWhole)
  }

  @Test
  func formattingForgetsWhatWasThere() throws {
    let block = SharedBlock(capacity: 4)
    let old = try SampleRing(formatting: block.bytes, capacity: 4)
    for number in 0..<6 { old.push(.numbered(number)) }
    let new = try SampleRing(formatting: block.bytes, capacity: 4)
    #expect(new.count == 0 && new.dropped == 0)
  }

  @Test
  func memoryThatDoesNotDoIsRefused() {
    let block = SharedBlock(capacity: 4)
    let needed = SampleRingLayout.byteCount(capacity: 4)
    #expect(throws: SampleRingError.tooShort(bytes: needed - 1, needed: needed)) {
      _ = try SampleRing(formatting: UnsafeMutableRawBufferPointer(rebasing: block.bytes.dropLast()), capacity: 4)
    }
    #expect(throws: SampleRingError.misaligned) {
      _ = try SampleRing(formatting: UnsafeMutableRawBufferPointer(rebasing: block.bytes.dropFirst(8)), capacity: 1)
    }
    #expect(throws: SampleRingError.misaligned) {
      _ = try SampleRing(formatting: UnsafeMutableRawBufferPointer(start: nil, count: 0), capacity: 1)
    }
    #expect(throws: SampleRingError.misaligned) {
      _ = try SampleRing(attaching: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
    #expect(throws: SampleRingError.notARing) { _ = try SampleRing(attaching: block.bytes) }
    #expect(throws: SampleRingError.tooShort(bytes: 383, needed: 384)) {
      _ = try SampleRing(attaching: UnsafeMutableRawBufferPointer(rebasing: block.bytes.prefix(383)))
    }
    #expect(block.areGuardsWhole)
  }

  @Test
  func aHeaderThatLiesIsRefused() throws {
    func attach(after change: (SharedBlock) -> Void) throws {
      let block = SharedBlock(capacity: 8)
      _ = try SampleRing(formatting: block.bytes, capacity: 8)
      change(block)
      _ = try SampleRing(attaching: block.bytes)
    }
    try attach { _ in }
    #expect(throws: SampleRingError.notARing) { try attach { $0.store(UInt8(0), at: Self.magicAt) } }
    #expect(throws: SampleRingError.wrongVersion(found: 1, supported: 2)) {
      try attach { $0.store(UInt32(1), at: Self.versionAt) }
    }
    #expect(throws: SampleRingError.wrongSampleSize(found: 64)) {
      try attach { $0.store(UInt32(64), at: Self.sampleBytesAt) }
    }
    for capacity in [0, 3, 9, 1 << 21, 1 << 63, .max] as [UInt64] {
      #expect(throws: SampleRingError.wrongCapacity(found: capacity)) {
        try attach { $0.store(capacity, at: Self.capacityAt) }
      }
    }
    #expect(
      throws: SampleRingError.tooShort(
        bytes: SampleRingLayout.byteCount(capacity: 8), needed: SampleRingLayout.byteCount(capacity: 16))
    ) { try attach { $0.store(UInt64(16), at: Self.capacityAt) } }
    // A smaller one fits, so it is no lie that harms.
    try attach { $0.store(UInt64(4), at: Self.capacityAt) }
  }

  @Test(arguments: [9, 10, 1 << 32, 1 << 63, .max] as [UInt64])
  func anIndexBeyondTheRingBreaksItForGood(tail: UInt64) throws {
    let block = SharedBlock(capacity: 8)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
    block.store(tail, at: Self.tailAt)
    let sample = consumer.pop()
    var handed = consumer.drain { _ in }
    #expect(sample == nil && handed == 0 && consumer.count == 0)
    #expect(consumer.fault?.isBroken == true && consumer.fault?.invalidSamples == 0)
    block.store(UInt64(1), at: Self.tailAt)
    handed = consumer.drain { _ in }
    #expect(handed == 0)
  }

  @Test
  func anIndexThatGoesBackBreaksIt() throws {
    let block = SharedBlock(capacity: 8)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
    let producer = try SampleRing(attaching: block.bytes)
    for number in 0..<4 { producer.push(.numbered(number)) }
    consumer.drain { _ in }
    block.store(UInt64(3), at: Self.tailAt)
    let sample = consumer.pop()
    #expect(sample == nil)
    #expect(consumer.fault?.isBroken == true)
  }

  @Test
  func aConsumerThatLiesOnlyLooksFull() throws {
    let block = SharedBlock(capacity: 8)
    let producer = try SampleRing(formatting: block.bytes, capacity: 8)
    for number in 0..<8 { producer.push(.numbered(number)) }
    for head in [9, 1 << 40, .max] as [UInt64] {
      block.store(head, at: Self.headAt)
      let accepted = producer.push(.numbered(9))
      #expect(!accepted)
    }
    #expect(producer.dropped == 3 && block.areGuardsWhole)
  }

  /// The header's capacity is not believed after the start.
  @Test
  func aCapacityChangedLaterChangesNothing() throws {
    let block = SharedBlock(capacity: 8)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
    let producer = try SampleRing(attaching: block.bytes)
    block.store(UInt64.max, at: Self.capacityAt)
    block.store(UInt64(0), at: Self.magicAt)
    for number in 0..<100 {
      producer.push(.numbered(number))
      let sample = consumer.pop()
      #expect(sample == .numbered(number))
    }
    #expect(block.areGuardsWhole)
  }

  @Test
  func whatIsNoSampleIsThrownAwayAndCounted() throws {
    let block = SharedBlock(capacity: 8)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
    let producer = try SampleRing(attaching: block.bytes)
    for number in 0..<6 { producer.push(.numbered(number)) }
    for (slot, offset, value) in [(0, 112, 4), (2, 113, 255), (3, 117, 0x80), (5, 118, 5)] {
      block.store(UInt8(value), at: Self.slotsAt + slot * 128 + offset)
    }
    let first = consumer.pop()
    #expect(first == .numbered(1))
    var seen: [Sample] = []
    let handed = consumer.drain { seen.append($0) }
    #expect(handed == 1 && seen == [.numbered(4)])
    #expect(consumer.fault?.isBroken == false && consumer.fault?.invalidSamples == 4)
    let accepted = producer.push(.numbered(8))
    let next = consumer.pop()
    #expect(accepted && next == .numbered(8))
  }

  /// A producer that hands over nothing but nonsense, without end, keeps nobody in `pop`.
  @Test
  func nonsenseWithoutEndEnds() throws {
    final class Flag: Sendable { let isSet = Atomic<Bool>(false) }
    let block = SharedBlock(capacity: 8)
    let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
    for slot in 0..<8 { block.store(UInt64.max, at: Self.slotsAt + slot * 128 + 112) }
    let isOver = Flag()
    let isGone = DispatchSemaphore(value: 0)
    // Both outlive the thread, which is waited for; that it writes meanwhile is the point.
    nonisolated(unsafe) let shared = block
    Thread.detachNewThread {
      while !isOver.isSet.load(ordering: .relaxed) {
        let head = shared.bytes.load(fromByteOffset: Self.headAt, as: UInt64.self)
        shared.store(head &+ 8, at: Self.tailAt)
      }
      isGone.signal()
    }
    var before: UInt64 = 0
    let patience = ContinuousClock.now + .seconds(60)
    while before < 1000, ContinuousClock.now < patience {
      let sample = consumer.pop()
      let thrown = consumer.fault?.invalidSamples ?? 0
      #expect(sample == nil && thrown - before <= 8)
      before = thrown
    }
    isOver.isSet.store(true, ordering: .relaxed)
    isGone.wait()
    #expect(before >= 1000, "nobody handed anything over")
  }

  /// Random bytes anywhere in the block while the consumer reads: never a trap, never a step outside.
  @Test(arguments: [11, 12, 13] as [UInt64])
  func anyBytesInTheBlockAreSurvived(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let block = SharedBlock(capacity: 8)
    for _ in 0..<200 {
      let consumer = try SampleRing(formatting: block.bytes, capacity: 8)
      let producer = try SampleRing(attaching: block.bytes)
      for number in 0..<50 {
        producer.push(.numbered(number))
        let offset = Int.random(in: 0..<block.count, using: &random)
        block.store(UInt8.random(in: 0...255, using: &random), at: offset)
        if Bool.random(using: &random) { _ = consumer.pop() } else { consumer.drain { _ in } }
        #expect((0...8).contains(consumer.count))
      }
    }
    #expect(block.areGuardsWhole)
  }
}
