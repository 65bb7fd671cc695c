// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// Samples on their way from one producer to one consumer, without lock, wait or allocation.
///
/// A ring after E. Rigtorp's SPSCQueue: each side owns one index and remembers what it last saw of the other's, and no two
/// sides write one pair of cache lines. It lies in memory of its own, or in a block that two processes share
/// (`SampleRingLayout`). Exactly one thread at a time may call the producer's functions (`push`), one the consumer's (`pop`,
/// `drain`, `fault`); `count` and `dropped` are for anyone.
///
/// Each side trusts only what it keeps outside the shared block: capacity, its own index, its view of the other's. Whatever the
/// other process writes, nothing outside the block is read or written, and no invalid value becomes a `Sample`.
///
/// `@safe`: every address below is `slots + (index & mask)` or one of the two index lines, all inside a block whose size the
/// initialisers checked.
@safe
public struct SampleRing: ~Copyable, @unchecked Sendable {
  // Sound to send and share: the two indices are atomics, each slot is handed over by release and acquire of an index, and each
  // of the two private lines has one owner by contract.

  /// One side's own memory, a pair of cache lines for each.
  @usableFromInline
  struct Side {
    /// The next position this side writes (producer) or reads (consumer); counts up for ever.
    @usableFromInline var position: UInt64
    /// The other side's position as last seen.
    @usableFromInline var seen: UInt64
    /// Consumer: samples thrown away because they were none.
    @usableFromInline var invalid: UInt64
    /// Consumer: the other side's index made no sense; 0 or 1.
    @usableFromInline var broken: UInt64
  }

  @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let head: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let drops: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let slots: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let producer: UnsafeMutablePointer<Side>
  @usableFromInline let consumer: UnsafeMutablePointer<Side>
  @usableFromInline let mask: UInt64
  private let ownBlock: UnsafeMutableRawPointer?
  private let sides: UnsafeMutableRawPointer

  /// How many samples fit: a power of two.
  @inlinable
  public var capacity: Int { Int(truncatingIfNeeded: mask &+ 1) }

  /// A ring in memory of its own. The capacity is rounded up to a power of two, at least 1 and at most
  /// `SampleRingLayout.largestCapacity`. Allocates: call it before the real-time part begins.
  public init(capacity wanted: Int) {
    let capacity = SampleRingLayout.capacity(atLeast: wanted)
    // Sound: the block has the size and alignment that the layout asks for, and is freed in deinit.
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: SampleRingLayout.byteCount(capacity: capacity), alignment: SampleRingLayout.line)
    unsafe SampleRingLayout.format(block, capacity: capacity)
    unsafe self.init(block: block, capacity: capacity, owned: true)
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
    unsafe self.init(block: base, capacity: capacity, owned: false)
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
    unsafe self.init(block: base, capacity: capacity, owned: false)
  }

  private init(block: UnsafeMutableRawPointer, capacity: Int, owned: Bool) {
    // Sound: offsets of the layout inside a block that holds `capacity`; atomics of 8 bytes have no state but their value.
    unsafe tail = SampleRingLayout.word(block, SampleRingLayout.tailOffset)
    unsafe drops = SampleRingLayout.word(block, SampleRingLayout.dropsOffset)
    unsafe head = SampleRingLayout.word(block, SampleRingLayout.headOffset)
    unsafe slots = SampleRingLayout.word(block, SampleRingLayout.slotsOffset)
    mask = UInt64(capacity) &- 1
    unsafe ownBlock = owned ? block : nil
    // Sound: two lines, each bound to the one Side that starts it; freed in deinit.
    unsafe sides = .allocate(byteCount: 2 * SampleRingLayout.line, alignment: SampleRingLayout.line)
    unsafe producer = sides.bindMemory(to: Side.self, capacity: 1)
    unsafe consumer = (sides + SampleRingLayout.line).bindMemory(to: Side.self, capacity: 1)
    let start = unsafe head.pointee.load(ordering: .acquiring)
    let end = unsafe tail.pointee.load(ordering: .acquiring)
    unsafe producer.initialize(to: Side(position: end, seen: start, invalid: 0, broken: 0))
    unsafe consumer.initialize(to: Side(position: start, seen: start, invalid: 0, broken: 0))
  }

  deinit {
    // Sound: allocated in init; Side and Atomic<UInt64> are plain data. Shared memory belongs to somebody else.
    unsafe sides.deallocate()
    if let ownBlock = unsafe ownBlock { unsafe ownBlock.deallocate() }
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
