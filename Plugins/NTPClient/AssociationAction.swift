// SPDX-License-Identifier: Apache-2.0

package import NTPWire
package import TimeTypes

/// What an association asks of the world, in order.
package enum AssociationAction: Sendable {
  /// Look the name up; answered by `.resolved` or `.notResolved`.
  case resolve
  /// Open a socket of its own for the request, with a random port, and send it; answered at once by `.sent` or `.notSent`.
  case send(Request)
  case close(socket: UInt32)
  /// A measurement; `source` is filled in by the adapter.
  case publish(Sample)
  /// The address is another: the source gets a new name towards the engine, its memory is of a different server.
  case serverChanged
  case notice(AssociationNotice)
}

/// Something that people should know of.
package enum AssociationNotice: Hashable, Sendable {
  case reachable
  case unreachable
  /// Given up; the next attempt after so long (zero = at once, with another address).
  case dropped(pause: TimeInterval)
  /// No address is left that answers: the name is looked up again, and polling goes on, at most so far apart. Said once.
  case silent(longest: TimeInterval)
  case nameResolved
  case nameNotResolved(pause: TimeInterval)
  /// The server asked for a slower rate: the interval is now that, log2 s.
  case slowedDown(poll: Int8)
  /// The server's replies tell when those before them really left, or do so no more (RFC 9769).
  case interleaving(Bool)
  /// Replies prove themselves again, with the key of that number (0 = not told). `untold`: so many polls since the last such notice proved
  /// nothing.
  case proven(key: UInt32, untold: UInt32 = 0)
  /// Replies came, or could not be checked, and none proved itself. Said once until one does, and seldom where that alternates.
  case unproven(Rejection, untold: UInt32 = 0)
  /// The server refuses service (kiss code DENY or RSTR).
  case refused(code: KissCode, pause: TimeInterval)
}

/// Actions in a fixed space: one event brings at most a handful.
package struct AssociationActions: Sendable {
  package static let capacity = 8
  private var storage: InlineArray<8, AssociationAction>
  package private(set) var count = 0

  package init() { storage = InlineArray(repeating: .resolve) }

  package subscript(index: Int) -> AssociationAction { storage[index] }

  package mutating func append(_ action: AssociationAction) {
    assert(count < Self.capacity, "an event brings more actions than there is room for")
    guard count < Self.capacity else { return }
    storage[count] = action
    count &+= 1
  }
}
