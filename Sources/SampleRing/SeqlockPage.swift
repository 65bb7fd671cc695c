// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A page of 128 bytes that one thread writes and any number of threads or processes read without a lock.
///
/// Its layout is `tompion_clock_page_t`: u32 size (128), u32 sequence, 15 words. The writer makes the sequence odd, writes, makes
/// it even again; a reader that saw it odd or changed tries again (H.-J. Boehm, "Can seqlocks get along with programming language
/// memory models?", MSPC 2012). Every word is an atomic, so a race gives a retry and never undefined behaviour.
///
/// `@safe`: every access is to the 128 bytes that init made or was given.
@safe
public struct SeqlockPage: ~Copyable, @unchecked Sendable {
  // Sound to share: nothing but atomics is reached through it.

  /// What a page holds.
  public typealias Words = InlineArray<15, UInt64>

  public static var byteCount: Int { 128 }

  @usableFromInline let sequence: UnsafeMutablePointer<Atomic<UInt32>>
  @usableFromInline let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let block: UnsafeMutableRawPointer
  private let isOwner: Bool

  /// The page itself, for those who read it through its C layout. Valid while this value lives.
  @unsafe
  public var address: UnsafeMutableRawPointer { unsafe block }

  /// A page of zeros in memory of its own.
  public init() {
    // Sound: 128 bytes, zeroed before anybody sees them, freed in deinit.
    let block = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 128)
    unsafe self.init(block: block, isOwner: true)
    clear()
  }

  /// A page of zeros in `memory`: at least 128 bytes, aligned to 8, which outlive this value; nil if they are not. Of several
  /// values over the same memory only one may write.
  @unsafe
  public init?(formatting memory: UnsafeMutableRawBufferPointer) {
    guard let base = memory.baseAddress, memory.count >= Self.byteCount, UInt(bitPattern: base) % 8 == 0 else {
      return nil
    }
    unsafe self.init(block: base, isOwner: false)
    clear()
  }

  /// A reader of the page that somebody else writes in `memory`; nil if it is too short, not aligned to 8, or says another size.
  @unsafe
  public init?(attaching memory: UnsafeMutableRawBufferPointer) {
    guard let base = memory.baseAddress, memory.count >= Self.byteCount, UInt(bitPattern: base) % 8 == 0,
      // Sound: the first 4 of 128 bytes.
      unsafe base.load(as: UInt32.self) == UInt32(Self.byteCount)
    else { return nil }
    unsafe self.init(block: base, isOwner: false)
  }

  private init(block: UnsafeMutableRawPointer, isOwner: Bool) {
    unsafe self.block = block
    self.isOwner = isOwner
    // Sound: an atomic integer is laid out as its value; offsets 4 and 8 to 127 are inside and aligned.
    unsafe sequence = (block + 4).assumingMemoryBound(to: Atomic<UInt32>.self)
    unsafe words = (block + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  deinit {
    // Sound: allocated in init.
    if isOwner { unsafe block.deallocate() }
  }

  private func clear() {
    // Sound: inside the page. The size comes last: who attaches finds a page or none.
    unsafe sequence.pointee.store(0, ordering: .relaxed)
    for index in 0..<15 { unsafe words[index].store(0, ordering: .relaxed) }
    unsafe block.assumingMemoryBound(to: Atomic<UInt32>.self).pointee
      .store(UInt32(Self.byteCount), ordering: .releasing)
  }
}
