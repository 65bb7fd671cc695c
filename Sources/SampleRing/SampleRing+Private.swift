// SPDX-License-Identifier: Apache-2.0

public import Synchronization
public import TimeTypes

/// The parts of a ring's private memory. All at fixed distances from one address, so that the quick way loads no more than that.
extension SampleRing {
  /// Where the block begins in the private memory: behind the lines of the two sides.
  @inlinable
  static var blockOffset: Int { @_noLocks @_noAllocation get { 256 } }

  @_noLocks @_noAllocation
  @inlinable
  func producer() -> UnsafeMutablePointer<Side> {
    // Sound: bound so in init.
    unsafe own.assumingMemoryBound(to: Side.self)
  }

  @_noLocks @_noAllocation
  @inlinable
  func consumer() -> UnsafeMutablePointer<Side> {
    // Sound: bound so in init.
    unsafe (own + SampleRingLayout.line).assumingMemoryBound(to: Side.self)
  }

  /// The index of the producer; in a shared ring a word that stays 0.
  @_noLocks @_noAllocation
  @inlinable
  func ownTail() -> UnsafeMutablePointer<Atomic<UInt64>> {
    // Sound: an atomic is laid out as its value, and any 8 aligned bytes are one.
    unsafe (own + (SampleRing.blockOffset + SampleRingLayout.tailOffset)).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The index of the consumer; in a shared ring a word that stays 0.
  @_noLocks @_noAllocation
  @inlinable
  func ownHead() -> UnsafeMutablePointer<Atomic<UInt64>> {
    // Sound: as `ownTail`.
    unsafe (own + (SampleRing.blockOffset + SampleRingLayout.headOffset)).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The slot of a position. Only for rings that are not shared: the others have no slots here.
  @_noLocks @_noAllocation
  @inlinable
  func slot(at position: UInt64) -> UnsafeMutablePointer<Sample> {
    // Sound: `position & mask` is a slot of 128 bytes inside the block. The two sides never use it at once: the producer writes it
    // only while its position is less than a capacity ahead of the consumer's index, which it acquired; the consumer reads it only
    // behind the producer's index, which it acquired. So a plain copy is no race.
    let offset =
      SampleRing.blockOffset &+ SampleRingLayout.slotsOffset &+ Int(truncatingIfNeeded: (position & mask) &<< 7)
    return unsafe (own + offset).assumingMemoryBound(to: Sample.self)
  }
}
