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

    @inlinable
    init(invalidSamples: UInt64, isBroken: Bool) {
      self.invalidSamples = invalidSamples
      self.isBroken = isBroken
    }
  }

  /// What is wrong with the producer; nil = nothing so far.
  @inlinable
  public var fault: Fault? {
    // Sound: the consumer's own line.
    let (invalid, broken) = unsafe (consumer.pointee.invalid, consumer.pointee.broken)
    return invalid == 0 && broken == 0 ? nil : Fault(invalidSamples: invalid, isBroken: broken != 0)
  }

  /// The oldest sample; nil = none waits, or the ring is broken.
  @_noLocks @_noAllocation
  @inlinable
  public func pop() -> Sample? {
    // Sound: the consumer's own line; a slot is given back only after it was read.
    var position = unsafe consumer.pointee.position
    while waiting(from: position) > 0 {
      let sample = read(at: position)
      position &+= 1
      unsafe consumer.pointee.position = position
      unsafe head.pointee.store(position, ordering: .releasing)
      if let sample { return sample }
    }
    return nil
  }

  /// Hands the samples that wait now, oldest first and at most `limit`, to `body`, then gives their slots back all at once.
  /// Returns how many it handed over. Takes no lock and allocates nothing itself (unmarked, so that `body` may be anything).
  @inlinable
  @discardableResult
  public func drain(atMost limit: Int = .max, _ body: (Sample) -> Void) -> Int {
    // Sound: as in `pop`; the index of the producer is read afresh, so that all that waits now comes.
    let start = unsafe consumer.pointee.position
    unsafe consumer.pointee.seen = start
    // At most the capacity, so it fits. A range of Int: others make their iterator on the heap where nothing is specialised.
    let count = Int(min(waiting(from: start), UInt64(max(limit, 0))))
    guard count > 0 else { return 0 }
    var handed = 0
    for index in 0..<count {
      guard let sample = read(at: start &+ UInt64(index)) else { continue }
      handed &+= 1
      body(sample)
    }
    unsafe consumer.pointee.position = start &+ UInt64(count)
    unsafe head.pointee.store(start &+ UInt64(count), ordering: .releasing)
    return handed
  }

  /// Samples that the consumer may read from `position`; looks at the producer's index only when it knows of none. More than fit
  /// = the producer is broken, for good.
  @_noLocks @_noAllocation
  @inlinable
  func waiting(from position: UInt64) -> UInt64 {
    // Sound: the consumer's own line and an atomic inside the block.
    guard unsafe consumer.pointee.broken == 0 else { return 0 }
    let known = unsafe consumer.pointee.seen &- position
    if known > 0 { return known }
    let end = unsafe tail.pointee.load(ordering: .acquiring)
    guard end &- position <= mask &+ 1 else {
      unsafe consumer.pointee.broken = 1
      return 0
    }
    unsafe consumer.pointee.seen = end
    return end &- position
  }

  /// The sample in that slot; nil = it is none, which is counted. Every word is read once, so what was checked is what is used.
  @_noLocks @_noAllocation
  @inlinable
  func read(at position: UInt64) -> Sample? {
    // Sound: `position & mask` is a slot of 16 words.
    let slot = unsafe slots + Int(truncatingIfNeeded: (position & mask) &* 16)
    var words = SampleRingLayout.Words(repeating: 0)
    for index in 0..<16 { words[index] = unsafe slot[index].load(ordering: .relaxed) }
    guard SampleRingLayout.isSample(words) else {
      unsafe consumer.pointee.invalid &+= 1
      return nil
    }
    // Sound: 16 words of plain data, whose only fields that cannot hold every bit pattern were just checked.
    return unsafe unsafeBitCast(words, to: Sample.self)
  }
}
