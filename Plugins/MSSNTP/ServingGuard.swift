// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// All that stands between a request and a signature: limits for each client and each RID, and the watch for sweeps. One thread's.
package struct ServingGuard: ~Copyable {
  package enum Verdict: Hashable, Sendable {
    case within
    /// Asks for more RIDs in an hour than it may; `isFirst` = to be told.
    case sweeping(isFirst: Bool)
    /// More than its rate.
    case clientLimited
    case ridLimited
  }

  private var clients: TokenTable
  private var rids: TokenTable
  private var sweeps: SweepTable

  /// `random`: unpredictable numbers.
  package init(_ limits: ServingLimits, random: () -> UInt64) {
    clients = TokenTable(
      rate: limits.clientRate, burst: limits.clientBurst, places: limits.clients, key: (random(), random()))
    rids = TokenTable(rate: limits.ridRate, burst: limits.ridBurst, places: limits.clients, key: (random(), random()))
    sweeps = SweepTable(limit: limits.distinctRIDs, clients: limits.clients, key: (random(), random()))
  }

  /// What tells clients apart: an IPv4 address, also as ::ffff:a.b.c.d shows it, or an IPv6 /64, none of which is below 2³².
  package static func client(_ peer: SocketAddress) -> UInt64 {
    guard peer.family == .ipv6 else { return UInt64(peer.ipv4) }
    return peer.high == 0 && peer.low >> 32 == 0xffff ? peer.low & 0xffff_ffff : peer.high
  }

  /// One in so many requests for a RID beyond its rate is signed all the same, so that whoever forges requests for a machine cannot silence
  /// it wholly. It costs no secrecy: one reply is as good to guess by as many.
  private static let leak: UInt64 = 8

  /// Whether that client may have a reply signed for that RID now; takes one of its tokens, and one of the RID's, if it may. `chance`: random
  /// bits.
  package mutating func judge(_ peer: SocketAddress, rid: UInt32, now: RawInstant, chance: UInt64) -> Verdict {
    let client = Self.client(peer)
    // The client's rate first: a flood from one address must not use up the RIDs' tokens.
    guard clients.take(client, now: now) else { return .clientLimited }
    switch sweeps.note(rid, of: client, now: now) {
    case .known, .fresh: break
    case .sweepBegan: return .sweeping(isFirst: true)
    case .refused: return .sweeping(isFirst: false)
    }
    return rids.take(UInt64(rid), now: now) || chance % Self.leak == 0 ? .within : .ridLimited
  }
}
