// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// The interleaved mode (RFC 9769, section 2) in the reply path. Between `answer` and `stamp` the request's origin and receive timestamps
/// lie where the reply's receive and transmit timestamps will stand, so that nothing is kept beside the packet. [capture]
extension Responder {
  /// Puts what an interleaved request asks where the reply's stamps will stand; zeros where it asks nothing.
  static func leaveWish(in packet: inout MutableSpan<UInt8>, isClient: Bool, transmit: UInt64) {
    let (origin, receive) = (word(packet, at: 24), word(packet, at: 32))
    let wish = InterleavedRequest(
      origin: NTPTimestamp(rawValue: origin), receive: NTPTimestamp(rawValue: receive),
      transmit: NTPTimestamp(rawValue: transmit))
    let isWish = isClient && wish != nil
    store(isWish ? origin : 0, at: 32, in: &packet)
    store(isWish ? receive : 0, at: 40, in: &packet)
  }

  /// Writes the server's own stamps as `stamp` does, marks them, and tells a client that asks for it when the reply that it names
  /// really left. Returns the token with which this reply's TX stamp is to be asked for; nil = nobody will ask.
  static func stamp(
    _ packet: inout MutableSpan<UInt8>, received: Stamp, departure: Departure, peer: SocketAddress,
    history: ReplyHistory
  ) -> UInt64? {
    guard packet.count >= length else { return nil }
    let wish = InterleavedRequest(
      origin: NTPTimestamp(rawValue: word(packet, at: 32)), receive: NTPTimestamp(rawValue: word(packet, at: 40)),
      transmit: NTPTimestamp(rawValue: word(packet, at: 24)))
    let name = NTPTimestamp(rawValue: departure.arrival(received)).markedReceive
    var transmit = NTPTimestamp(rawValue: departure.timestamp).markedTransmit
    // Where both are of the same moment the marks must not turn their order.
    if Int64(bitPattern: transmit.rawValue &- name.rawValue) < 0, !(departure.stamp.raw < received.raw) {
      transmit = NTPTimestamp(rawValue: name.rawValue &+ 1)
    }
    store(name.rawValue, at: 32, in: &packet)
    store(transmit.rawValue, at: 40, in: &packet)
    guard let wish else { return nil }
    let era = departure.stamp.era
    let told = history.transmit(of: wish.origin, client: peer, era: era)
    if let told {
      store(wish.receive.rawValue, at: 24, in: &packet)
      store(told.rawValue, at: 40, in: &packet)
    }
    return history.expect(name, client: peer, era: era, wasTold: told != nil)
  }
}
