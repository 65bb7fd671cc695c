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
    // Sound: the consumer's own line; a slot is given back only after it was read.
    var position = unsafe consumer().pointee.position
    // At most once around: a producer that goes on handing over what is no sample keeps nobody here.
    for _ in 0...Int(truncatingIfNeeded: mask) where waitingShared(from: position) > 0 {
      let isSample = readShared(at: position, into: &sample)
      position &+= 1
      releaseShared(position)
      if isSample { return true }
    }
    return false
  }

  @_noLocks @_noAllocation
  @usableFromInline
  @inline(never)
  func popShared() -> Sample? {
    var sample = SampleRing.blank()
    return popShared(into: &sample) ? sample : nil
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
    var sample = SampleRing.blank()
    for index in 0..<count {
      guard readShared(at: start &+ UInt64(index), into: &sample) else { continue }
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

  /// What there is before a slot was read.
  @_noLocks @_noAllocation
  private static func blank() -> Sample {
    // Sound: a sample is 16 words of plain data, and 0 is a value of every field.
    unsafe unsafeBitCast(SampleRingLayout.Words(repeating: 0), to: Sample.self)
  }

  @_noLocks @_noAllocation
  private func words(at position: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
    // Sound: `position & mask` is a slot of 16 words inside the block; Atomic<UInt64> is laid out as its value.
    unsafe (slots + Int(truncatingIfNeeded: (position & mask) &<< 7)).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// Puts the sample in that slot into `sample`; false = it is none, which is counted, and `sample` is as before.
  @_noLocks @_noAllocation
  private func readShared(at position: UInt64, into sample: inout Sample) -> Bool {
    let slot = unsafe words(at: position)
    // Sound: word 14 is read once, before anything is written, and is what is checked and what is used.
    let enumerations = unsafe slot[SampleRingLayout.enumerationsWord].load(ordering: .relaxed)
    guard SampleRingLayout.isSample(enumerations) else {
      unsafe consumer().pointee.invalid &+= 1
      return false
    }
    // Sound: a sample is 16 words of plain data; the fields of all but the checked word can hold every bit pattern.
    unsafe withUnsafeMutableBytes(of: &sample) { bytes in
      for index in 0..<SampleRingLayout.enumerationsWord {
        unsafe bytes.storeBytes(of: slot[index].load(ordering: .relaxed), toByteOffset: index &* 8, as: UInt64.self)
      }
      unsafe bytes.storeBytes(of: enumerations, toByteOffset: SampleRingLayout.enumerationsWord &* 8, as: UInt64.self)
      unsafe bytes.storeBytes(of: slot[15].load(ordering: .relaxed), toByteOffset: 120, as: UInt64.self)
    }
    return true
  }

  @_noLocks @_noAllocation
  private func write(_ sample: borrowing Sample, at position: UInt64) {
    let slot = unsafe words(at: position)
    // Sound: a sample is plain data of exactly 16 words (a test checks size and offsets).
    unsafe withUnsafeBytes(of: sample) { bytes in
      for index in 0..<16 {
        unsafe slot[index].store(bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self), ordering: .relaxed)
      }
    }
  }
}
