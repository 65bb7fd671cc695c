// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A bounded queue of byte cells for many producers and one consumer: messages, commands and news of a provider.
///
/// A full queue refuses (the caller counts); nobody ever waits for anybody. Each cell carries a ticket: `position` = free for
/// that round, `position + 1` = filled (D. Vyukov's bounded queue). Memory is taken once, in `init`.
@safe final class CellQueue: @unchecked Sendable {
  // Sound to share: every cell is written by the producer that won its ticket and read by the one consumer after the ticket
  // was released to it; the indices are atomics.
  private let capacity: UInt64
  private let cellBytes: Int
  private let stride: Int
  private let storage: UnsafeMutableRawPointer
  private let tail = Atomic<UInt64>(0)
  private let head = Atomic<UInt64>(0)

  /// `capacity` is rounded up to a power of two.
  init(capacity wanted: Int, cellBytes: Int) {
    var capacity = 2
    while capacity < wanted { capacity *= 2 }
    self.capacity = UInt64(capacity)
    self.cellBytes = cellBytes
    self.stride = (16 + cellBytes + 15) & ~15
    // Sound: one block, freed in deinit; tickets are initialised before anybody else can see them.
    unsafe storage = .allocate(byteCount: capacity * stride, alignment: 16)
    for index in 0..<capacity {
      unsafe (storage + index * stride).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        .initialize(to: Atomic(UInt64(index)))
    }
  }

  deinit { unsafe storage.deallocate() }

  // Sound: `position & (capacity - 1)` is inside the block, and the ticket was initialised there.
  private func cell(_ position: UInt64) -> (
    ticket: UnsafeMutablePointer<Atomic<UInt64>>, bytes: UnsafeMutableRawPointer
  ) {
    let base = unsafe storage + Int(position & (capacity &- 1)) * stride
    return unsafe (base.assumingMemoryBound(to: Atomic<UInt64>.self), base + 16)
  }

  /// Fills the next free cell; false = full. `fill` must not keep the pointer and must write at most `cellBytes`. [any]
  func push(_ fill: (UnsafeMutableRawPointer) -> Void) -> Bool {
    var position = tail.load(ordering: .relaxed)
    while true {
      let (ticket, bytes) = unsafe cell(position)
      let round = unsafe ticket.pointee.load(ordering: .acquiring)
      if round == position {
        let (won, seen) = tail.compareExchange(expected: position, desired: position &+ 1, ordering: .relaxed)
        if won {
          unsafe fill(bytes)
          unsafe ticket.pointee.store(position &+ 1, ordering: .releasing)
          return true
        }
        position = seen
      } else if Int64(bitPattern: round &- position) < 0 {
        return false
      } else {
        position = tail.load(ordering: .relaxed)
      }
    }
  }

  /// Takes the oldest cell; nil = empty. One consumer.
  func pop<Result>(_ take: (UnsafeRawPointer) -> Result) -> Result? {
    let position = head.load(ordering: .relaxed)
    let (ticket, bytes) = unsafe cell(position)
    guard unsafe ticket.pointee.load(ordering: .acquiring) == position &+ 1 else { return nil }
    let result = unsafe take(UnsafeRawPointer(bytes))
    unsafe ticket.pointee.store(position &+ capacity, ordering: .releasing)
    head.store(position &+ 1, ordering: .relaxed)
    return result
  }
}
