// SPDX-License-Identifier: Apache-2.0

package import NTPWire
import Numerics
package import ProviderKit
import Synchronization
package import TimeTypes

/// When the last replies to clients of the interleaved mode really left (RFC 9769, section 2): fixed memory, shared by all workers, no lock.
///
/// A reply is named by the receive timestamp that it carried and by its client's address, so nobody is told of another's. Sets of four
/// places, and rules for who makes room in a set, so that nobody who asks a lot takes the mode from those who use it:
///
/// - A place is *in use* while it belongs to a client that has just been told of an earlier reply (which a forged address never is), has
///   not been asked for itself, and is younger than `protection`. Newcomers never take it; where all four are in use they are not
///   remembered, and get the basic mode.
/// - Else a place that is not in use goes before one that is, a client's own before another's, then one of the client that holds most of
///   the set, then the oldest. One client that floods holds one place of a full set, and not all.
///
/// Steps of the clock end what was remembered: a timestamp of another era is not told.
package final class ReplyHistory: Sendable {
  private static let words = 4
  private static let ways = 4
  /// Bit 16 of the owner's word: made for a client that had just been told, and not asked for since.
  private static let inUse: UInt64 = 1 << 16
  private static let ownerMask = ~UInt64(0x1ffff)
  /// No newcomer takes a place that is in use before this age: twice the longest interval at which chrony or our client interleaves,
  /// as an NTP timestamp.
  static let protection: Int64 = 512 << 32
  private let sets: UInt64
  private let secret: UInt64
  /// Of each place: sequence (odd = being written), receive timestamp, client's hash and era, transmit timestamp (0 = not told yet).
  private let storage: AtomicWords
  private let answered = Atomic<UInt64>(0)
  private let unknown = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - capacity: replies remembered, rounded up to a power of two from 16 on; 32 bytes each.
  ///   - secret: keeps others from aiming at one set.
  package init(capacity: Int, secret: UInt64) {
    var sets: UInt64 = 4
    while sets * UInt64(Self.ways) < UInt64(max(capacity, 0)), sets < 1 << 20 { sets <<= 1 }
    self.sets = sets
    self.secret = secret | 1
    storage = AtomicWords(count: Int(sets) * Self.ways * Self.words)
  }

  /// Replies that told when an earlier one really left, and requests that named none that is known. [any]
  package var counts: (interleaved: UInt64, unknown: UInt64) {
    (answered.load(ordering: .relaxed), unknown.load(ordering: .relaxed))
  }

  /// When the reply to that client which carried `receive` really left; nil = not known (any more). Its place is in use no longer, but
  /// stays until another needs it: the answer may be lost, and the client ask again. [capture]
  package func transmit(of receive: NTPTimestamp, client: SocketAddress, era: ClockEra) -> NTPTimestamp? {
    let owner = owner(client, era)
    let first = firstPlace(receive)
    for way in 0..<Self.ways {
      let place = first + way * Self.words
      let sequence = storage[place].load(ordering: .acquiring)
      guard sequence & 1 == 0, storage[place + 1].load(ordering: .relaxed) == receive.rawValue,
        storage[place + 2].load(ordering: .relaxed) & ~Self.inUse == owner
      else { continue }
      let transmit = storage[place + 3].load(ordering: .relaxed)
      atomicMemoryFence(ordering: .acquiring)
      guard storage[place].load(ordering: .relaxed) == sequence, transmit != 0 else { continue }
      answered.wrappingAdd(1, ordering: .relaxed)
      if storage[place + 2].load(ordering: .relaxed) & Self.inUse != 0, claim(place, sequence) {
        storage[place + 2].store(owner, ordering: .relaxed)
        storage[place].store(sequence &+ 2, ordering: .releasing)
      }
      return NTPTimestamp(rawValue: transmit)
    }
    unknown.wrappingAdd(1, ordering: .relaxed)
    return nil
  }

  /// A reply that carries `receive` is about to leave: the token to ask its TX stamp with; nil = it is not remembered, because its
  /// place is being written by another worker or its set is in use by others. `wasTold`: `transmit` has just told this client. [capture]
  package func expect(_ receive: NTPTimestamp, client: SocketAddress, era: ClockEra, wasTold: Bool = false) -> UInt64? {
    let owner = owner(client, era)
    guard let chosen = room(for: receive, owner: owner, wasTold: wasTold) else { return nil }
    let sequence = storage[chosen].load(ordering: .relaxed)
    guard sequence & 1 == 0, claim(chosen, sequence) else { return nil }
    storage[chosen + 1].store(receive.rawValue, ordering: .relaxed)
    storage[chosen + 2].store(owner | (wasTold ? Self.inUse : 0), ordering: .relaxed)
    storage[chosen + 3].store(0, ordering: .relaxed)
    storage[chosen].store(sequence &+ 2, ordering: .releasing)
    return UInt64(truncatingIfNeeded: sequence &+ 2) << 32 | UInt64(chosen)
  }

  /// Whose place of the set is the new reply's; nil = nobody's.
  private func room(for receive: NTPTimestamp, owner: UInt64, wasTold: Bool) -> Int? {
    let first = firstPlace(receive)
    let isFree: UInt64 = 1 << 63
    var chosen: Int?
    var highest: UInt64 = 0
    for way in 0..<Self.ways {
      let place = first + way * Self.words
      let held = storage[place + 1].load(ordering: .relaxed)
      if held == 0 || held == receive.rawValue { return place }
      let holder = storage[place + 2].load(ordering: .relaxed)
      // Of a backward step, too: what is furthest from now goes.
      let age = Int64(bitPattern: receive.rawValue &- held).magnitude
      var score = age >> 4
      if holder & Self.inUse == 0 || age >= UInt64(Self.protection) { score |= isFree }
      if holder & Self.ownerMask == owner & Self.ownerMask { score |= 1 << 62 }
      var others: UInt64 = 0
      for other in 0..<Self.ways where other != way {
        let rival = storage[first + other * Self.words + 2].load(ordering: .relaxed)
        if rival & Self.ownerMask == holder & Self.ownerMask { others += 1 }
      }
      score |= others << 60
      if chosen == nil || score > highest { (chosen, highest) = (place, score) }
    }
    return wasTold || highest & isFree != 0 ? chosen : nil
  }

  /// The TX stamp of the reply with that token. A stamp of another era, or none, is not kept. [capture]
  package func departed(token: UInt64, stamp: Stamp) {
    let place = Int(token & 0xffff_ffff)
    guard stamp.kind != .none, place % Self.words == 0, place < storage.count else { return }
    let sequence = storage[place].load(ordering: .acquiring)
    // Somebody else's reply has the place meanwhile.
    guard sequence & 1 == 0, sequence & 0xffff_ffff == token >> 32,
      storage[place + 2].load(ordering: .relaxed) & 0xffff == UInt64(stamp.era.rawValue & 0xffff)
    else { return }
    guard claim(place, sequence) else { return }
    var transmit = NTPTimestamp(utcSince1970: stamp.time).markedTransmit
    // Where both are of the same moment the marks must not turn their order.
    let receive = storage[place + 1].load(ordering: .relaxed)
    if receive == transmit.rawValue &+ 1 { transmit = NTPTimestamp(rawValue: receive &+ 1) }
    storage[place + 3].store(transmit.rawValue, ordering: .relaxed)
    storage[place].store(sequence &+ 2, ordering: .releasing)
  }

  private func claim(_ place: Int, _ sequence: UInt64) -> Bool {
    let isOurs = storage[place].compareExchange(
      expected: sequence, desired: sequence &+ 1, ordering: .acquiring
    ).exchanged
    if isOurs { atomicMemoryFence(ordering: .releasing) }
    return isOurs
  }

  private func firstPlace(_ receive: NTPTimestamp) -> Int {
    let mixed = SplitMix64.mix(receive.rawValue &* secret)
    return Int(mixed & (sets &- 1)) * Self.ways * Self.words
  }

  /// 47 bits of the address, the place for `inUse`, and 16 of the era. Ports do not count: a client takes a new one for each request (RFC 9109).
  private func owner(_ client: SocketAddress, _ era: ClockEra) -> UInt64 {
    let mixed = SplitMix64.mix(SplitMix64.mix(client.high ^ secret) &+ client.low &+ UInt64(client.family.rawValue))
    return mixed << 17 | UInt64(era.rawValue & 0xffff)
  }
}
