// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TimeTypes

/// A ring whose other side is in another process, which may write anything anywhere in the block at any time.
///
/// Here a plain copy would not do: while somebody writes it, the compiler may fetch a field twice, once for the check and once for
/// the use (it was seen to, behind a fence). So each word is an atomic and is read once; what was checked is what is used. A torn
/// slot is a sample with wrong numbers, which the host's validation refuses, and never an invalid value. Indices are compared with
/// what this side keeps for itself, and every slot is `position & mask`.
extension SampleRing {
  // MARK: the producer

  @_noLocks @_noAllocation
  @usableFromInline
  @inline(never)
  func pushShared(_ sample: Sample) -> Bool {
    guard freeShared(atLeast: 1) > 0 else {
      countDrops(1)
      return false
    }
    // Sound: the producer's own line; a slot is written before the index that hands it over is released.
    let position = unsafe producer().pointee.position
    write(sample, at: position)
    publishShared(position &+ 1)
    return true
  }

  @_noLocks @_noAllocation
  @usableFromInline
  @inline(never)
  func pushShared(contentsOf samples: Span<Sample>) -> Int {
    let accepted = min(samples.count, Int(truncatingIfNeeded: freeShared(atLeast: UInt64(samples.count))))
    if accepted < samples.count { countDrops(UInt64(samples.count &- accepted)) }
    guard accepted > 0 else { return 0 }
    // Sound: as above; one release hands over the whole batch.
    let position = unsafe producer().pointee.position
    for index in 0..<accepted { write(samples[index], at: position &+ UInt64(index)) }
    publishShared(position &+ UInt64(accepted))
    return accepted
  }

  /// Free slots as far as the producer knows; looks at the consumer's index only where it knows of fewer than `wanted`. An index
  /// that makes no sense counts as a full ring.
  @_noLocks @_noAllocation
  private func freeShared(atLeast wanted: UInt64) -> UInt64 {
    // Sound: the producer's own line and an atomic inside the block.
    let position = unsafe producer().pointee.position
    let known = unsafe mask &+ 1 &- (position &- producer().pointee.sharedSeen)
    if known >= wanted { return known }
    let start = unsafe head.pointee.load(ordering: .acquiring)
    let used = position &- start
    guard used <= mask &+ 1 else { return 0 }
    unsafe producer().pointee.sharedSeen = start
    return mask &+ 1 &- used
  }

  @_noLocks @_noAllocation
  private func publishShared(_ position: UInt64) {
    // Sound: the producer's own line, and an atomic inside the block.
    unsafe producer().pointee.position = position
    unsafe tail.pointee.store(position, ordering: .releasing)
  }

  // MARK: the consumer

  /// `pop(into:)`, past what is no sample.
  @_noLocks @_noAllocation
  @usableFromInline
  @inline(never)
  func popShared(into sample: inout Sample) -> Bool {
    guard let found = popShared() else { return false }
    sample = found
    return true
  }

  @_noLocks @_noAllocation
  @usableFromInline
  @inline(never)
  func popShared() -> Sample? {
    // Sound: the consumer's own line; a slot is given back only after it was read.
    var position = unsafe consumer().pointee.position
    while waitingShared(from: position) > 0 {
      let found = readShared(at: position)
      position &+= 1
      releaseShared(position)
      if let found { return found }
    }
    return nil
  }

  @usableFromInline
  @inline(never)
  func drainShared(atMost limit: Int, _ body: (Sample) -> Void) -> Int {
    // Sound: as above; the index of the producer is read afresh, so that all that waits now comes.
    let start = unsafe consumer().pointee.position
    unsafe consumer().pointee.sharedSeen = start
    let count = Int(min(waitingShared(from: start), UInt64(max(limit, 0))))
    guard count > 0 else { return 0 }
    var handed = 0
    for index in 0..<count {
      guard let sample = readShared(at: start &+ UInt64(index)) else { continue }
      handed &+= 1
      body(sample)
    }
    releaseShared(start &+ UInt64(count))
    return handed
  }

  /// Samples that the consumer may read from `position`; looks at the producer's index only when it knows of none. More than fit
  /// = the producer is broken, for good.
  @_noLocks @_noAllocation
  private func waitingShared(from position: UInt64) -> UInt64 {
    // Sound: the consumer's own line and an atomic inside the block.
    guard unsafe consumer().pointee.broken == 0 else { return 0 }
    let known = unsafe consumer().pointee.sharedSeen &- position
    if known > 0 { return known }
    let end = unsafe tail.pointee.load(ordering: .acquiring)
    guard end &- position <= mask &+ 1 else {
      unsafe consumer().pointee.broken = 1
      return 0
    }
    unsafe consumer().pointee.sharedSeen = end
    return end &- position
  }

  @_noLocks @_noAllocation
  private func releaseShared(_ position: UInt64) {
    // Sound: the consumer's own line, and an atomic inside the block.
    unsafe consumer().pointee.position = position
    unsafe head.pointee.store(position, ordering: .releasing)
  }

  // MARK: slots, word by word

  @_noLocks @_noAllocation
  private func words(at position: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
    // Sound: `position & mask` is a slot of 16 words inside the block; Atomic<UInt64> is laid out as its value.
    unsafe (slots + Int(truncatingIfNeeded: (position & mask) &<< 7)).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The sample in that slot; nil = it is none, which is counted.
  @_noLocks @_noAllocation
  private func readShared(at position: UInt64) -> Sample? {
    let slot = unsafe words(at: position)
    var words = SampleRingLayout.Words(repeating: 0)
    for index in 0..<16 { words[index] = unsafe slot[index].load(ordering: .relaxed) }
    guard SampleRingLayout.isSample(words) else {
      unsafe consumer().pointee.invalid &+= 1
      return nil
    }
    // Sound: 16 words of plain data, whose only fields that cannot hold every bit pattern were just checked.
    return unsafe unsafeBitCast(words, to: Sample.self)
  }

  @_noLocks @_noAllocation
  private func write(_ sample: Sample, at position: UInt64) {
    // Sound: Sample is plain data of exactly 16 words (a test checks size and offsets).
    let values = unsafe unsafeBitCast(sample, to: SampleRingLayout.Words.self)
    let slot = unsafe words(at: position)
    for index in 0..<16 { unsafe slot[index].store(values[index], ordering: .relaxed) }
  }
}
