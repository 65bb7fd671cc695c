// SPDX-License-Identifier: Apache-2.0

public import Synchronization
public import TimeTypes

/// The producer's side. One thread at a time. [capture]
extension SampleRing {
  /// Gives one sample to the consumer; false = the ring is full, the sample is lost and counted.
  @_noLocks @_noAllocation
  @inlinable
  @discardableResult
  public func push(_ sample: Sample) -> Bool { emplace { sample } }

  /// As `push`, but the sample is made only where there is room, and in its slot: a copy less for one that lies in memory.
  @_noLocks @_noAllocation
  @inlinable
  @discardableResult
  public func emplace(_ sample: () -> Sample) -> Bool {
    // Sound: the producer's own words; a slot is written before the index that hands it over is released.
    let position = unsafe ownTail().pointee.load(ordering: .relaxed)
    if unsafe position &- producer().pointee.seen > mask {
      if isShared { return pushShared(sample()) }
      guard look(from: position) > 0 else {
        countDrops(1)
        return false
      }
    }
    unsafe slot(at: position).initialize(to: sample())
    unsafe ownTail().pointee.store(position &+ 1, ordering: .releasing)
    return true
  }

  /// Gives as many samples from the front as there is room for, all at once; the rest is lost and counted. Returns how many.
  @_noLocks @_noAllocation
  @inlinable
  @discardableResult
  public func push(contentsOf samples: Span<Sample>) -> Int {
    if isShared { return pushShared(contentsOf: samples) }
    // Sound: as in `emplace`; one release hands over the whole batch.
    let position = unsafe ownTail().pointee.load(ordering: .relaxed)
    var room = unsafe mask &+ 1 &- (position &- producer().pointee.seen)
    if room < UInt64(samples.count) { room = look(from: position) }
    let accepted = min(samples.count, Int(truncatingIfNeeded: room))
    if accepted < samples.count { countDrops(UInt64(samples.count &- accepted)) }
    guard accepted > 0 else { return 0 }
    for index in 0..<accepted { unsafe slot(at: position &+ UInt64(index)).initialize(to: samples[index]) }
    unsafe ownTail().pointee.store(position &+ UInt64(accepted), ordering: .releasing)
    return accepted
  }

  /// Free slots, by a look at the consumer's index.
  @_noLocks @_noAllocation
  @inlinable
  func look(from position: UInt64) -> UInt64 {
    // Sound: the producer's own line and an atomic inside the block.
    let start = unsafe ownHead().pointee.load(ordering: .acquiring)
    unsafe producer().pointee.seen = start
    return mask &+ 1 &- (position &- start)
  }

  @_noLocks @_noAllocation
  @inlinable
  func countDrops(_ count: UInt64) {
    // Sound: an atomic inside the block that only the producer writes, so it need not add in one step.
    unsafe drops.pointee.store(drops.pointee.load(ordering: .relaxed) &+ count, ordering: .relaxed)
  }
}
