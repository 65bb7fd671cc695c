// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TimeTypes

/// How a ring lies in memory, the same in one process and in a block that two share. Native byte order.
///
/// Line 0: u64 magic, u32 version, u32 bytes per sample, u64 capacity, constant after formatting; u64 drops, the producer's, which
/// nobody waits for. Line 1: u64 tail, the producer's. Line 2: u64 head, the consumer's. Then the slots. A line is 128 bytes: two
/// of the processor's, since it fetches them in pairs.
public enum SampleRingLayout {
  /// A sample as 16 words.
  public typealias Words = InlineArray<16, UInt64>

  /// "TMPRING" and a zero, as a number of the host's byte order.
  public static var magic: UInt64 { 0x0047_4e49_5250_4d54 }
  public static var version: UInt32 { 2 }
  public static var sampleBytes: Int { 128 }
  /// What must not share cache lines is that far apart, and the block is aligned to it.
  @inlinable
  public static var line: Int { @_noLocks @_noAllocation get { 128 } }
  /// The most samples a ring may hold: 128 MiB of them.
  public static var largestCapacity: Int { 1 << 20 }

  static var versionOffset: Int { 8 }
  static var sampleBytesOffset: Int { 12 }
  static var capacityOffset: Int { 16 }
  @inlinable
  static var tailOffset: Int { @_noLocks @_noAllocation get { line } }
  static var dropsOffset: Int { 24 }
  @inlinable
  static var headOffset: Int { @_noLocks @_noAllocation get { 2 * line } }
  @inlinable
  static var slotsOffset: Int { @_noLocks @_noAllocation get { 3 * line } }

  /// The power of two that holds that many, between 1 and `largestCapacity`.
  public static func capacity(atLeast wanted: Int) -> Int {
    var capacity = 1
    while capacity < wanted, capacity < largestCapacity { capacity *= 2 }
    return capacity
  }

  /// The size of the block for a ring of that capacity (rounded up as the ring rounds it).
  public static func byteCount(capacity wanted: Int) -> Int {
    slotsOffset + capacity(atLeast: wanted) * sampleBytes
  }

  /// The word that holds a sample's four enumerations.
  static var enumerationsWord: Int { @_noLocks @_noAllocation get { 14 } }

  /// Whether 16 words are a sample, by that word: timescale, leap and the two stamp kinds hold 0 to 3. All else may have every
  /// value; whether it makes sense is for the host to say.
  @_noLocks @_noAllocation
  static func isSample(_ enumerations: UInt64) -> Bool {
    UInt64(littleEndian: enumerations) & 0x00fc_fc00_0000_fcfc == 0
  }

  static func format(_ block: UnsafeMutableRawPointer, capacity: Int) {
    // Sound: the caller checked that the block holds a ring of that capacity and is aligned. The magic comes last.
    unsafe word(block, 0).pointee.store(0, ordering: .sequentiallyConsistent)
    unsafe block.storeBytes(of: version, toByteOffset: versionOffset, as: UInt32.self)
    unsafe block.storeBytes(of: UInt32(sampleBytes), toByteOffset: sampleBytesOffset, as: UInt32.self)
    unsafe word(block, capacityOffset).pointee.store(UInt64(capacity), ordering: .relaxed)
    for offset in [tailOffset, dropsOffset, headOffset] {
      unsafe word(block, offset).pointee.store(0, ordering: .relaxed)
    }
    unsafe word(block, 0).pointee.store(magic, ordering: .releasing)
  }

  /// The capacity that the header tells, once it is known that the block holds such a ring.
  static func readCapacity(_ block: UnsafeMutableRawPointer, byteCount: Int) throws(SampleRingError) -> Int {
    guard byteCount >= slotsOffset else { throw .tooShort(bytes: byteCount, needed: slotsOffset) }
    // Sound: the header's 24 bytes are inside the block. Each is read once.
    let foundMagic = unsafe word(block, 0).pointee.load(ordering: .acquiring)
    guard foundMagic == magic else { throw .notARing }
    let shape = unsafe word(block, versionOffset).pointee.load(ordering: .relaxed)
    let foundVersion = UInt32(truncatingIfNeeded: UInt64(littleEndian: shape))
    guard foundVersion == version else { throw .wrongVersion(found: foundVersion, supported: version) }
    let foundBytes = UInt32(truncatingIfNeeded: UInt64(littleEndian: shape) >> 32)
    guard foundBytes == UInt32(sampleBytes) else { throw .wrongSampleSize(found: foundBytes) }
    let capacity = unsafe word(block, capacityOffset).pointee.load(ordering: .relaxed)
    guard capacity > 0, capacity <= UInt64(largestCapacity), capacity & (capacity &- 1) == 0 else {
      throw .wrongCapacity(found: capacity)
    }
    let needed = self.byteCount(capacity: Int(capacity))
    guard byteCount >= needed else { throw .tooShort(bytes: byteCount, needed: needed) }
    return Int(capacity)
  }

  /// A word of the block as the atomic that it is; the caller keeps `offset` inside and a multiple of 8.
  static func word(_ block: UnsafeMutableRawPointer, _ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    // Sound: Atomic<UInt64> is laid out as its value and has no other state, so any 8 aligned bytes are one.
    unsafe (block + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }
}
