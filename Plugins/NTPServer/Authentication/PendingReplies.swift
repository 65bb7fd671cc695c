// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// Replies that somebody else is signing (a signing daemon): where each is to go once it is. Fixed memory; the owner's thread alone.
package struct PendingReplies: Sendable {
  package struct Reply: Hashable, Sendable, BitwiseCopyable {
    package var socket: UInt32
    package var peer: SocketAddress
    /// The address that was asked, and the interface: the reply leaves from there.
    package var local: SocketAddress
    package var interface: UInt32
    /// The request's length: no reply is longer.
    package var limit: Int
    /// When its transmit timestamp was read.
    package var since: RawInstant
    /// What its root dispersion holds of the time that it waits.
    package var announced: TimeInterval

    package init(
      socket: UInt32, peer: SocketAddress, local: SocketAddress, interface: UInt32, limit: Int, since: RawInstant,
      announced: TimeInterval
    ) {
      self.socket = socket
      self.peer = peer
      self.local = local
      self.interface = interface
      self.limit = limit
      self.since = since
      self.announced = announced
    }
  }

  package static let capacity = 256
  private var replies: [Reply?]
  /// Of the reply in the same place; 0 = nobody waits there.
  private var tokens: [UInt64]
  private var next = 0
  private var lastToken: UInt64 = 0

  package init() {
    replies = [Reply?](repeating: nil, count: Self.capacity)
    tokens = [UInt64](repeating: 0, count: Self.capacity)
  }

  /// A token that no reply had, so that a late decision finds nobody else's. Whoever asks for a signature does not know yet which replies
  /// will wait.
  package mutating func makeToken() -> UInt64 {
    lastToken &+= 1
    return lastToken
  }

  /// The oldest that still waits is forgotten where there is no room.
  package mutating func remember(_ reply: Reply, token: UInt64) {
    (replies[next], tokens[next]) = (reply, token)
    next = (next + 1) % Self.capacity
  }

  /// The reply of that token, which is forgotten; nil = nobody waits for it any more.
  package mutating func take(_ token: UInt64) -> Reply? {
    guard token != 0, let place = tokens.firstIndex(of: token) else { return nil }
    tokens[place] = 0
    return replies[place]
  }
}
