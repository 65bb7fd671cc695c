// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// Which RIDs each client has asked for within an hour, so that a sweep through them is seen, told once and not answered; one thread's.
///
/// Fixed memory: a row of RIDs for each client that is remembered. A keyed hash places clients; of eight in one set the one whose hour
/// began first makes room. A client beyond its limit is still answered for the RIDs it had before: a proxy or a gateway with many
/// machines behind it goes on serving those.
package struct SweepTable: ~Copyable {
  package enum Verdict: Hashable, Sendable {
    case known
    case fresh
    /// The first refusal of that client in its hour: worth an event.
    case sweepBegan
    case refused
  }

  private struct Client {
    /// 0 = free.
    var tag: UInt64 = 0
    var since = RawInstant(nanoseconds: .min)
    var count = 0
    var refused: UInt64 = 0
  }

  private var clients: [Client]
  /// `limit` for each client; 0 = free.
  private var rids: [UInt32]
  private let sets: UInt64
  private let limit: Int
  private let hash: SipHash
  private static let ways = 8
  package static let window = TimeInterval.seconds(3600)

  package init(limit: Int, clients places: Int, key: (UInt64, UInt64)) {
    var sets: UInt64 = 1
    while sets * UInt64(Self.ways) < UInt64(max(places, 1)) { sets *= 2 }
    self.sets = sets
    self.limit = max(limit, 1)
    clients = Array(repeating: Client(), count: Int(sets) * Self.ways)
    rids = Array(repeating: 0, count: Int(sets) * Self.ways * self.limit)
    hash = SipHash(key.0, key.1)
  }

  /// Notes that the client asks for a RID (never 0).
  package mutating func note(_ rid: UInt32, of client: UInt64, now: RawInstant) -> Verdict {
    let tag = max(hash(client), 1)
    let first = Int(truncatingIfNeeded: tag % sets) * Self.ways
    var place = first
    for candidate in first..<first + Self.ways {
      if clients[candidate].tag == tag {
        place = candidate
        break
      }
      if clients[candidate].since < clients[place].since { place = candidate }
    }
    if clients[place].tag != tag || now - clients[place].since >= Self.window {
      clients[place] = Client(tag: tag, since: now)
    }
    let row = place * limit
    for index in 0..<clients[place].count where rids[row + index] == rid { return .known }
    guard clients[place].count < limit else {
      clients[place].refused &+= 1
      return clients[place].refused == 1 ? .sweepBegan : .refused
    }
    rids[row + clients[place].count] = rid
    clients[place].count += 1
    return .fresh
  }
}
