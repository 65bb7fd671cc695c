// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// Samples on their way from one producer to one consumer, without lock, wait or allocation.
///
/// A ring after E. Rigtorp's SPSCQueue: each side owns one index and remembers what it last saw of the other's, and no two
/// sides write one pair of cache lines. It lies in memory of its own, or in a block that two processes share
/// (`SampleRingLayout`). Exactly one thread at a time may call the producer's functions (`push`, `emplace`), one the consumer's
/// (`pop`, `drain`, `fault`); `count` and `dropped` are for anyone.
///
/// In memory of its own both sides are parts of one program: slots are plain memory, each copied once, and never touched by both
/// sides at a time, since release and acquire of an index hand it over. In a shared block the other side may be hostile: there
/// each word of a slot is an atomic, read once and checked (`SampleRing+Shared`). Each side trusts only what it keeps outside the
/// shared block: capacity, its own index, its view of the other's. Whatever the other process writes, nothing outside the block is
/// read or written, and no invalid value becomes a `Sample`.
///
/// `@safe`: every address below is a slot `index & mask` or one of the index words, all inside a block whose size the initialisers
/// checked.
@safe
public struct SampleRing: ~Copyable, @unchecked Sendable {
  // Sound to send and share: the indices are atomics, each slot is handed over by release and acquire of an index, and each of
  // the two private lines has one owner by contract.

  /// One side's own memory, a pair of cache lines for each.
  @usableFromInline
  struct Side {
    /// The other side's index as last seen. In a shared ring such that the quick way always finds it full (producer) or empty
    /// (consumer), and so asks whether the ring is shared: the quick way itself need not.
    @usableFromInline var seen: UInt64
    /// Shared: the next position this side writes (producer) or reads (consumer).
    var position: UInt64
    /// Shared: the other side's index as last seen.
    var sharedSeen: UInt64
    /// Shared, consumer: samples thrown away because they were none.
    var invalid: UInt64 = 0
    /// Shared, consumer: the other side's index made no sense; 0 or 1.
    var broken: UInt64 = 0
  }

  /// Private memory: the line of the producer, the line of the consumer, then the ring's block; of that, where the ring is shared,
  /// no more than the lines before the slots, unused and 0.
  @usableFromInline let own: UnsafeMutableRawPointer
  @usableFromInline let mask: UInt64
  /// The other side may be another process.
  @usableFromInline let isShared: Bool
  /// The block, private or shared: the next position to be written, the next to be read (both count up for ever), samples lost.
  @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let head: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let drops: UnsafeMutablePointer<Atomic<UInt64>>
  let slots: UnsafeMutableRawPointer

  /// How many samples fit: a power of two.
  @inlinable
  public var capacity: Int { Int(truncatingIfNeeded: mask &+ 1) }

  /// A ring in memory of its own. The capacity is rounded up to a power of two, at least 1 and at most
  /// `SampleRingLayout.largestCapacity`. Allocates: call it before the real-time part begins.
  public init(capacity wanted: Int) {
    unsafe self.init(sharedBlock: nil, capacity: SampleRingLayout.capacity(atLeast: wanted))
  }

  /// Makes an empty ring in `memory`, whatever was there before: what the host does with the memory it will share.
  ///
  /// The memory must be aligned to 128 bytes, must outlive the ring, and nobody may use it as a ring at that moment.
  @unsafe
  public init(formatting memory: UnsafeMutableRawBufferPointer, capacity wanted: Int) throws(SampleRingError) {
    let capacity = SampleRingLayout.capacity(atLeast: wanted)
    guard let base = memory.baseAddress, UInt(bitPattern: base) % UInt(SampleRingLayout.line) == 0 else {
      throw .misaligned
    }
    let needed = SampleRingLayout.byteCount(capacity: capacity)
    guard memory.count >= needed else { throw .tooShort(bytes: memory.count, needed: needed) }
    // Sound: size and alignment were just checked.
    unsafe SampleRingLayout.format(base, capacity: capacity)
    unsafe self.init(sharedBlock: base, capacity: capacity)
  }

  /// Joins the ring that somebody else formatted in `memory`, which must be aligned to 128 bytes and outlive this value.
  ///
  /// The header is read once, checked, and never believed again; the memory may be written by the other side meanwhile.
  @unsafe
  public init(attaching memory: UnsafeMutableRawBufferPointer) throws(SampleRingError) {
    guard let base = memory.baseAddress, UInt(bitPattern: base) % UInt(SampleRingLayout.line) == 0 else {
      throw .misaligned
    }
    // Sound: `readCapacity` reads the header only if the memory holds one, and refuses a capacity it does not hold.
    let capacity = try unsafe SampleRingLayout.readCapacity(base, byteCount: memory.count)
    unsafe self.init(sharedBlock: base, capacity: capacity)
  }

  private init(sharedBlock: UnsafeMutableRawPointer?, capacity: Int) {
    mask = UInt64(capacity) &- 1
    isShared = unsafe sharedBlock != nil
    // Sound: two lines and a block of that capacity, or the lines before its slots; all zero, aligned, freed in deinit.
    let bytes = SampleRing.blockOffset + SampleRingLayout.byteCount(capacity: capacity)
    let size = isShared ? SampleRing.blockOffset + SampleRingLayout.slotsOffset : bytes
    unsafe own = .allocate(byteCount: size, alignment: SampleRingLayout.line)
    unsafe own.initializeMemory(
      as: UInt8.self, repeating: 0, count: SampleRing.blockOffset + SampleRingLayout.slotsOffset)
    if !isShared { unsafe SampleRingLayout.format(own + SampleRing.blockOffset, capacity: capacity) }
    // Sound: offsets of the layout inside a block that holds `capacity`; atomics of 8 bytes have no state but their value.
    let block = unsafe sharedBlock ?? own + SampleRing.blockOffset
    unsafe tail = SampleRingLayout.word(block, SampleRingLayout.tailOffset)
    unsafe head = SampleRingLayout.word(block, SampleRingLayout.headOffset)
    unsafe drops = SampleRingLayout.word(block, SampleRingLayout.dropsOffset)
    unsafe slots = block + SampleRingLayout.slotsOffset
    let start = unsafe head.pointee.load(ordering: .acquiring)
    let end = unsafe tail.pointee.load(ordering: .acquiring)
    // A private ring begins at 0; of a shared one the private indices stay 0: full for the producer, empty for the consumer.
    let full = isShared ? 0 &- (mask &+ 1) : 0
    // Sound: each line is bound to the one Side that starts it.
    unsafe own.bindMemory(to: Side.self, capacity: 1).initialize(to: Side(seen: full, position: end, sharedSeen: start))
    unsafe (own + SampleRingLayout.line).bindMemory(to: Side.self, capacity: 1)
      .initialize(to: Side(seen: 0, position: start, sharedSeen: start))
  }

  deinit {
    // Sound: allocated in init; what is in it is plain data. Shared memory belongs to somebody else.
    unsafe own.deallocate()
  }

  /// How many samples wait, 0 to `capacity`: what was true a moment ago. [any]
  @inlinable
  public var count: Int {
    // Sound: both are atomics inside the block.
    let start = unsafe head.pointee.load(ordering: .acquiring)
    let end = unsafe tail.pointee.load(ordering: .acquiring)
    let waiting = end &- start
    return waiting > mask &+ 1 ? 0 : Int(truncatingIfNeeded: waiting)
  }

  /// Samples that found the ring full, as the producer counted them; in shared memory only as honest as the producer. [any]
  @inlinable
  public var dropped: UInt64 {
    // Sound: an atomic inside the block.
    unsafe drops.pointee.load(ordering: .relaxed)
  }
}
