// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// The addresses that were told of within a day, at most 64: the oldest makes room, and beyond `hourly` new ones in an hour nobody is told
/// of, so that made-up addresses do not fill the log.
package struct DailyAddresses {
  private var clients = [UInt64](repeating: 0, count: capacity)
  private var until = [RawInstant](repeating: RawInstant(nanoseconds: .min), count: capacity)
  private var next = 0
  private var hourEnds = RawInstant(nanoseconds: .min)
  private var told = 0
  package static let capacity = 64
  package static let hourly = 20

  package init() {}

  /// Whether this one is to be told of now.
  package mutating func isNew(_ peer: SocketAddress, now: RawInstant) -> Bool {
    let client = ServingGuard.client(peer)
    guard !clients.indices.contains(where: { clients[$0] == client && until[$0] > now }) else { return false }
    if now >= hourEnds {
      hourEnds = now + .seconds(3600)
      told = 0
    }
    guard told < Self.hourly else { return false }
    told += 1
    clients[next] = client
    until[next] = now + .seconds(86_400)
    next = (next + 1) % Self.capacity
    return true
  }
}
