// SPDX-License-Identifier: Apache-2.0

import NTPWire
package import TimeTypes

/// The server's answer to one datagram, made over the request in place; pure and stateless: nothing of a client is ever kept.
///
/// Two steps, so that the transmit time stamp is read after all other work of a batch: `answer` writes everything but the two
/// server stamps, `stamp` writes them. Rules: RFC 5905, sections 7.3 and 9.2; RFC 7822; RFC 1059 for version 1. [capture]
package enum Responder {
  /// A request that waited longer than this is not answered.
  package static let staleAfter = TimeInterval.seconds(1)

  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    /// Send the first `length` bytes; never more than came.
    case reply(length: Int)
    case silence(Silence)
  }

  /// Judges `packet` (the datagram, all of it) and writes the reply over its first 48 bytes.
  ///
  /// - Parameters:
  ///   - peerPort: the UDP port that it came from.
  ///   - received: the raw time at which it came.
  ///   - now: the raw time of this call.
  ///   - interleaves: what an interleaved request asks is left in the reply for the other `stamp` (Responder+Interleaving).
  package static func answer(
    _ packet: inout MutableSpan<UInt8>, peerPort: UInt16, received: RawInstant, served: ServedTime, now: RawInstant,
    interleaves: Bool = false
  ) -> Verdict {
    // The only error is a datagram shorter than the header.
    guard let request = try? NTPPacket(parsing: packet.span) else { return .silence(.short) }
    guard (1...4).contains(request.version) else { return .silence(.version) }
    guard let mode = replyMode(to: request.mode, version: request.version, peerPort: peerPort) else {
      return .silence(.mode)
    }
    if let reason = judge(PacketTrailer(of: packet.span, version: request.version)) { return .silence(reason) }
    guard (now - received).magnitude <= staleAfter else { return .silence(.stale) }
    // The poll interval stays the client's; its transmit stamp, a nonce perhaps, comes back as origin.
    var reply = NTPPacket(
      leap: served.leap, version: request.version, mode: mode, stratum: served.stratum, poll: request.poll,
      precision: served.precision, rootDelay: served.rootDelay, rootDispersion: served.rootDispersion,
      referenceID: served.referenceID, referenceTimestamp: served.referenceTimestamp, origin: request.transmit)
    if interleaves, let wish = InterleavedRequest(request) {
      // Until `stamp` writes what belongs there.
      reply.receive = wish.origin
      reply.transmit = wish.receive
    }
    guard (try? reply.write(to: &packet)) != nil else { return .silence(.short) }
    return .reply(length: NTPPacket.length)
  }

  /// Writes the server's own stamps: when the request came, and the clock as read last before the reply leaves.
  ///
  /// A step of the clock in between is undone: the receive stamp is then counted back from `transmitted` on the raw clock, so
  /// that both are of one era.
  package static func stamp(_ packet: inout MutableSpan<UInt8>, received: Stamp, transmitted: Stamp) {
    let sameLine = received.kind != .none && received.era == transmitted.era && received.clock == transmitted.clock
    let arrival = sameLine ? received.time : transmitted.time - (transmitted.raw - received.raw)
    var cursor = WireCursor(offset: receiveOffset)
    // Neither can fail in a reply that `answer` made.
    try? cursor.write(NTPTimestamp(utcSince1970: arrival).rawValue, to: &packet)
    try? cursor.write(NTPTimestamp(utcSince1970: transmitted.time).rawValue, to: &packet)
  }

  /// Where the receive timestamp stands, and the transmit timestamp after it (RFC 5905, figure 8).
  private static let receiveOffset = 32
  /// The server port (RFC 5905, section 7.2).
  private static let port: UInt16 = 123

  /// The mode of the reply; nil = there is none. Client 3 → server 4; symmetric active 1, which Windows machines send, → passive
  /// 2, without an association; mode 0 of version 1, which had no modes, is a client unless it comes from the server port.
  static func replyMode(to mode: AssociationMode, version: UInt8, peerPort: UInt16) -> AssociationMode? {
    switch mode {
    case .client: .server
    case .symmetricActive: .symmetricPassive
    case .reserved where version == 1 && peerPort != port: .server
    default: nil
    }
  }

  /// Whether what follows the header forbids an answer. Version 4 may carry extension fields, which are neither understood nor
  /// echoed; a MAC needs a key that this server does not have (MS-SNTP's 68 and 120 bytes among them).
  static func judge(_ trailer: PacketTrailer) -> Silence? {
    switch trailer {
    case .none, .extensionFields(_, mac: nil): nil
    case .mac, .extensionFields: .authenticator
    case .malformed: .malformed
    }
  }
}
