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
  private var generations: [UInt32]
  private var next = 0

  package init() {
    replies = [Reply?](repeating: nil, count: Self.capacity)
    generations = [UInt32](repeating: 1, count: Self.capacity)
  }

  /// The token of the reply that `remember` takes next. An older one that still waits in its place is forgotten then.
  package var token: UInt64 { UInt64(generations[next]) << 32 | UInt64(next) }

  package mutating func remember(_ reply: Reply) {
    replies[next] = reply
    next = (next + 1) % Self.capacity
    // A place's name changes when it is taken again, so that a late decision finds nobody else's reply.
    if replies[next] != nil { forget(next) }
  }

  /// The reply of that token, which is forgotten; nil = nobody waits for it any more.
  package mutating func take(_ token: UInt64) -> Reply? {
    let place = Int(token & 0xffff_ffff)
    guard place < Self.capacity, UInt64(generations[place]) == token >> 32, let reply = replies[place] else {
      return nil
    }
    forget(place)
    return reply
  }

  private mutating func forget(_ place: Int) {
    replies[place] = nil
    generations[place] &+= 1
  }
}
