// SPDX-License-Identifier: Apache-2.0

public import Synchronization
public import TimeTypes

/// The consumer's side. One thread at a time. [discipline]
extension SampleRing {
  /// What the producer did that no producer may do. In one process it never happens.
  public struct Fault: Equatable, Sendable, BitwiseCopyable {
    /// Samples thrown away because a field held no value of its type.
    public var invalidSamples: UInt64
    /// The producer's index was beyond what fits. The ring gives nothing any more: make a new one.
    public var isBroken: Bool

    init(invalidSamples: UInt64, isBroken: Bool) {
      self.invalidSamples = invalidSamples
      self.isBroken = isBroken
    }
  }

  /// What is wrong with the producer; nil = nothing so far.
  public var fault: Fault? {
    // Sound: the consumer's own line.
    let (invalid, broken) = unsafe (consumer().pointee.invalid, consumer().pointee.broken)
    return invalid == 0 && broken == 0 ? nil : Fault(invalidSamples: invalid, isBroken: broken != 0)
  }

  /// Puts the oldest sample into `sample`; false = none waits, or the ring is broken, and `sample` is as before. The quickest way
  /// to take one: a single copy.
  @_noLocks @_noAllocation
  @inlinable
  public func pop(into sample: inout Sample) -> Bool {
    // Sound: the consumer's own words; the slot is given back, by release, only after it was read.
    let position = unsafe ownHead().pointee.load(ordering: .relaxed)
    if unsafe consumer().pointee.seen == position {
      if isShared { return popShared(into: &sample) }
      guard hasNews(at: position) else { return false }
    }
    sample = unsafe slot(at: position).pointee
    unsafe ownHead().pointee.store(position &+ 1, ordering: .releasing)
    return true
  }

  /// The oldest sample; nil = none waits, or the ring is broken.
  @_noLocks @_noAllocation
  @inlinable
  public func pop() -> Sample? {
    // Sound: as in `pop(into:)`.
    let position = unsafe ownHead().pointee.load(ordering: .relaxed)
    if unsafe consumer().pointee.seen == position {
      if isShared { return popShared() }
      guard hasNews(at: position) else { return nil }
    }
    let sample = read(at: position)
    unsafe ownHead().pointee.store(position &+ 1, ordering: .releasing)
    return sample
  }

  /// Hands the samples that wait now, oldest first and at most `limit`, to `body`, then gives their slots back all at once.
  /// Returns how many it handed over. Takes no lock and allocates nothing itself (unmarked, so that `body` may be anything).
  @inlinable
  @discardableResult
  public func drain(atMost limit: Int = .max, _ body: (Sample) -> Void) -> Int {
    if isShared { return drainShared(atMost: limit, body) }
    // Sound: as in `pop(into:)`; the index of the producer is read afresh, so that all that waits now comes.
    let start = unsafe ownHead().pointee.load(ordering: .relaxed)
    _ = hasNews(at: start)
    // At most the capacity, so it fits. A range of Int: others make their iterator on the heap where nothing is specialised.
    let count = Int(min(unsafe consumer().pointee.seen &- start, UInt64(max(limit, 0))))
    guard count > 0 else { return 0 }
    for index in 0..<count { body(read(at: start &+ UInt64(index))) }
    unsafe ownHead().pointee.store(start &+ UInt64(count), ordering: .releasing)
    return count
  }

  /// Looks at the producer's index: whether there is something behind `position`.
  @_noLocks @_noAllocation
  @inlinable
  func hasNews(at position: UInt64) -> Bool {
    // Sound: the consumer's own line and an atomic inside the block.
    let end = unsafe ownTail().pointee.load(ordering: .acquiring)
    unsafe consumer().pointee.seen = end
    return end != position
  }

  /// The sample in a slot. As one vector, for the compiler copies a sample that is returned field by field.
  @_noLocks @_noAllocation
  @inlinable
  func read(at position: UInt64) -> Sample {
    // Sound: see `slot`; sample and vector are 128 bytes of plain data, and the slot is aligned to 128.
    let words = unsafe UnsafeRawPointer(slot(at: position)).assumingMemoryBound(to: SIMD16<UInt64>.self).pointee
    return unsafe unsafeBitCast(words, to: Sample.self)
  }
}
