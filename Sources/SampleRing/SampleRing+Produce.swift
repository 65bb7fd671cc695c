// SPDX-License-Identifier: Apache-2.0

public import Synchronization
public import TimeTypes

/// The producer's side. One thread at a time. [capture]
extension SampleRing {
  /// Gives one sample to the consumer; false = the ring is full, the sample is lost and counted.
  @_noLocks @_noAllocation
  @inlinable
  @discardableResult
  public func push(_ sample: Sample) -> Bool {
    guard free(atLeast: 1) > 0 else {
      countDrops(1)
      return false
    }
    // Sound: the producer's own line; a slot is written before the index that hands it over is released.
    let position = unsafe producer.pointee.position
    write(sample, at: position)
    unsafe producer.pointee.position = position &+ 1
    unsafe tail.pointee.store(position &+ 1, ordering: .releasing)
    return true
  }

  /// Gives as many samples from the front as there is room for, all at once; the rest is lost and counted. Returns how many.
  @_noLocks @_noAllocation
  @inlinable
  @discardableResult
  public func push(contentsOf samples: Span<Sample>) -> Int {
    let room = free(atLeast: UInt64(samples.count))
    let accepted = min(samples.count, Int(truncatingIfNeeded: room))
    if accepted < samples.count { countDrops(UInt64(samples.count &- accepted)) }
    guard accepted > 0 else { return 0 }
    // Sound: as in `push`; one release hands over the whole batch.
    let position = unsafe producer.pointee.position
    for index in 0..<accepted { write(samples[index], at: position &+ UInt64(index)) }
    let end = position &+ UInt64(accepted)
    unsafe producer.pointee.position = end
    unsafe tail.pointee.store(end, ordering: .releasing)
    return accepted
  }

  /// Free slots as far as the producer knows; looks at the consumer's index only where it knows of fewer than `wanted`. An index
  /// that makes no sense counts as a full ring.
  @_noLocks @_noAllocation
  @inlinable
  func free(atLeast wanted: UInt64) -> UInt64 {
    // Sound: the producer's own line and an atomic inside the block.
    let position = unsafe producer.pointee.position
    let known = unsafe mask &+ 1 &- (position &- producer.pointee.seen)
    if known >= wanted { return known }
    let start = unsafe head.pointee.load(ordering: .acquiring)
    let used = position &- start
    guard used <= mask &+ 1 else { return 0 }
    unsafe producer.pointee.seen = start
    return mask &+ 1 &- used
  }

  @_noLocks @_noAllocation
  @inlinable
  func countDrops(_ count: UInt64) {
    // Sound: an atomic inside the block that only the producer writes.
    unsafe drops.pointee.wrappingAdd(count, ordering: .relaxed)
  }

  /// Word by word: the consumer in another process may look at any time.
  @_noLocks @_noAllocation
  @inlinable
  func write(_ sample: Sample, at position: UInt64) {
    // Sound: Sample is plain data of exactly 16 words (a test checks size and offsets), and `position & mask` is a slot.
    let words = unsafe unsafeBitCast(sample, to: SampleRingLayout.Words.self)
    let slot = unsafe slots + Int(truncatingIfNeeded: (position & mask) &* 16)
    for index in 0..<16 { unsafe slot[index].store(words[index], ordering: .relaxed) }
  }
}
