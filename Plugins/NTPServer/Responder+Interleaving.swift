// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// The interleaved mode (RFC 9769, section 2) in the reply path. Between `answer` and `stamp` the request's origin and receive timestamps
/// lie where the reply's receive and transmit timestamps will stand, so that nothing is kept beside the packet. [capture]
extension Responder {
  /// Writes the server's own stamps as `stamp` does, marks them, and tells a client that asks for it when the reply that it names
  /// really left. Returns the token with which this reply's TX stamp is to be asked for; nil = nobody will ask.
  static func stamp(
    _ packet: inout MutableSpan<UInt8>, received: Stamp, transmitted: Stamp, peer: SocketAddress, history: ReplyHistory
  ) -> UInt64? {
    let carried = try? NTPPacket(parsing: packet.span)
    stamp(&packet, received: received, transmitted: transmitted)
    guard var reply = try? NTPPacket(parsing: packet.span) else { return nil }
    reply.receive = reply.receive.markedReceive
    reply.transmit = reply.transmit.markedTransmit
    // Where both are of the same moment the marks must not turn their order.
    if (reply.transmit - reply.receive).isNegative, !(transmitted.raw < received.raw) {
      reply.transmit = NTPTimestamp(rawValue: reply.receive.rawValue &+ 1)
    }
    let name = reply.receive
    defer { try? reply.write(to: &packet) }
    guard let carried,
      let wish = InterleavedRequest(origin: carried.receive, receive: carried.transmit, transmit: carried.origin)
    else { return nil }
    if let transmit = history.transmit(of: wish.origin, client: peer, era: transmitted.era) {
      reply.origin = wish.receive
      reply.transmit = transmit
    }
    return history.expect(name, client: peer, era: transmitted.era)
  }
}
