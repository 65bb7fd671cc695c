// SPDX-License-Identifier: Apache-2.0

public import Synchronization

extension SeqlockPage {
  /// Replaces what the page holds; readers see all of it or nothing. One writer at a time.
  @_noLocks @_noAllocation
  @inlinable
  public func write(_ value: Words) {
    // Sound: all of it inside the page. The fence keeps the words behind the odd sequence, the release before the even one.
    let before = unsafe sequence.pointee.load(ordering: .relaxed)
    let odd = before | 1
    unsafe sequence.pointee.store(odd, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    for index in 0..<15 { unsafe words[index].store(value[index], ordering: .relaxed) }
    unsafe sequence.pointee.store(odd &+ 1, ordering: .releasing)
  }

  /// What the page holds; nil after 1000 tries in vain, which means that the writer died in the middle. [any]
  @_noLocks @_noAllocation
  @inlinable
  public func read() -> Words? {
    var copy = Words(repeating: 0)
    // The same number of tries as `tompion_clock_read`.
    for _ in 0..<1000 {
      // Sound: all of it inside the page. The fence keeps the second look at the sequence behind the words.
      let before = unsafe sequence.pointee.load(ordering: .acquiring)
      if before & 1 != 0 { continue }
      for index in 0..<15 { copy[index] = unsafe words[index].load(ordering: .relaxed) }
      atomicMemoryFence(ordering: .acquiring)
      if unsafe sequence.pointee.load(ordering: .relaxed) == before { return copy }
    }
    return nil
  }
}
