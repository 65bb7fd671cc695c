// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
import Synchronization
package import TimeTypes

/// The last clients that the access lists refused, at most 32 of them, each with a count.
///
/// One worker writes; anybody reads, and skips an entry that is just being written. A new client takes the place of the one not
/// seen for the longest time, so that a flood of made-up addresses costs the table its memory, not the server its time. Ports are
/// not kept: a client changes them.
package final class RefusedClients: Sendable {
  package static let capacity = 32

  package struct Entry: Hashable, Sendable {
    package var address: SocketAddress
    package var count: UInt64
    package var lastSeen: RawInstant
  }

  // Per entry: sequence (odd = being written), high, low, count << 8 | family, last seen.
  private let words = InlineArray<160, Atomic<UInt64>> { _ in Atomic(0) }
  private static let stride = 5

  package init() {}

  /// Notes one refused request. [capture, one worker]
  package func note(_ peer: SocketAddress, now: RawInstant) {
    var oldest = 0
    var oldestSeen = Int64.max
    for slot in 0..<Self.capacity {
      let counted = word(slot, 3)
      if counted == 0 {
        write(slot, peer, count: 1, now)
        return
      }
      if word(slot, 1) == peer.high, word(slot, 2) == peer.low, counted & 0xff == UInt64(peer.family.rawValue) {
        write(slot, peer, count: (counted >> 8) &+ 1, now)
        return
      }
      let seen = Int64(bitPattern: word(slot, 4))
      if seen < oldestSeen {
        oldestSeen = seen
        oldest = slot
      }
    }
    write(oldest, peer, count: 1, now)
  }

  /// The entries, last seen first. [any]
  package func entries() -> [Entry] {
    var result: [Entry] = []
    for slot in 0..<Self.capacity {
      let before = words[slot * Self.stride].load(ordering: .acquiring)
      guard before & 1 == 0 else { continue }
      let (high, low, counted, seen) = (word(slot, 1), word(slot, 2), word(slot, 3), word(slot, 4))
      atomicMemoryFence(ordering: .acquiring)
      guard words[slot * Self.stride].load(ordering: .relaxed) == before, counted != 0 else { continue }
      let family = SocketAddress.Family(rawValue: UInt8(truncatingIfNeeded: counted)) ?? .none
      result.append(
        Entry(
          address: SocketAddress(family: family, high: high, low: low), count: counted >> 8,
          lastSeen: RawInstant(nanoseconds: Int64(bitPattern: seen))))
    }
    return result.sorted { $0.lastSeen > $1.lastSeen }
  }

  private func word(_ slot: Int, _ index: Int) -> UInt64 {
    words[slot &* Self.stride &+ index].load(ordering: .relaxed)
  }

  private func write(_ slot: Int, _ peer: SocketAddress, count: UInt64, _ now: RawInstant) {
    let start = slot &* Self.stride
    let sequence = words[start].load(ordering: .relaxed)
    words[start].store(sequence &+ 1, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    words[start &+ 1].store(peer.high, ordering: .relaxed)
    words[start &+ 2].store(peer.low, ordering: .relaxed)
    words[start &+ 3].store(count << 8 | UInt64(peer.family.rawValue), ordering: .relaxed)
    words[start &+ 4].store(UInt64(bitPattern: now.nanoseconds), ordering: .relaxed)
    words[start].store(sequence &+ 2, ordering: .releasing)
  }
}
