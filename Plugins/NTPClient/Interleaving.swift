// SPDX-License-Identifier: Apache-2.0

package import NTPWire
package import TimeTypes

/// What the interleaved client/server mode (RFC 9769, section 2) remembers of the exchange before: its reply told when it was received,
/// and the next reply tells when it really left.
package struct Interleaving: Hashable, Sendable, BitwiseCopyable {
  /// One exchange with the server, whose own transmit timestamp is still to come.
  package struct Exchange: Hashable, Sendable, BitwiseCopyable {
    package var departure: Stamp
    package var arrival: Stamp
    /// T2 as the server told it; it names the reply to the server.
    package var receive: NTPTimestamp
    /// The reply was of the basic mode, and a sample was made of it.
    package var isPublished: Bool
  }

  package private(set) var previous: Exchange?
  /// The last reply was of the interleaved mode.
  package private(set) var isInUse = false
  /// Interleaved requests in a row with another answer, or none.
  private var disappointments: UInt8 = 0
  /// So many requests are still made in the basic mode.
  private var pause: UInt8 = 0

  package init() {}

  /// Disappointments in a row after which the basic mode is used for a while: another server's address, or one that does not know the mode.
  package static let patience: UInt8 = 4
  /// Basic requests after that.
  package static let rest: UInt8 = 16
  /// An exchange longer ago than this is not worth waiting for: its sample would be stale.
  package static let age = TimeInterval.seconds(140)
  /// A reply that its server held for longer was not told right.
  package static let longestTurnaround = TimeInterval.seconds(1)

  /// What the next request names as its origin; nil = it is made in the basic mode.
  mutating func origin(now: RawInstant) -> NTPTimestamp? {
    guard let previous, now - previous.arrival.raw <= Self.age else { return nil }
    guard pause == 0 else {
      pause &-= 1
      return nil
    }
    return previous.receive
  }

  /// A valid reply came: of the interleaved mode, or of the basic one to a request of either. True = whether the mode is in use changed.
  mutating func replied(_ exchange: Exchange, isInterleaved: Bool, wasAsked: Bool) -> Bool {
    previous = exchange
    let before = isInUse
    if isInterleaved {
      disappointments = 0
      isInUse = true
    } else if wasAsked {
      disappointed()
    }
    return isInUse != before
  }

  /// An interleaved request brought nothing of use. True = the mode is given up.
  mutating func missed() -> Bool {
    let before = isInUse
    disappointed()
    return isInUse != before
  }

  private mutating func disappointed() {
    disappointments &+= 1
    guard disappointments >= Self.patience else { return }
    disappointments = 0
    pause = Self.rest
    isInUse = false
  }
}

extension Interleaving.Exchange {
  /// What is wrong with the timestamps of an interleaved reply as those of this exchange; nil = nothing.
  func failingTest(of header: NTPPacket) -> Rejection? {
    let turnaround = header.transmit - receive
    // The reply left after its request came, soon after, and before the next request came.
    guard !turnaround.isNegative, turnaround <= Interleaving.longestTurnaround,
      !(header.receive - header.transmit).isNegative
    else { return Rejection.interleaving }
    return header.receive == receive ? Rejection.frozen : nil
  }
}
