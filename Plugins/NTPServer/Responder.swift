// SPDX-License-Identifier: Apache-2.0

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
  package static func answer(
    _ packet: inout MutableSpan<UInt8>, peerPort: UInt16, received: RawInstant, served: ServedTime, now: RawInstant
  ) -> Verdict {
    guard packet.count >= Header.length else { return .silence(.short) }
    let first = packet[0]
    let version = first >> 3 & 7
    guard (1...4).contains(version) else { return .silence(.version) }
    guard let mode = replyMode(to: first & 7, version: version, peerPort: peerPort) else { return .silence(.mode) }
    if let reason = judgeTrailer(packet.span, version: version) { return .silence(reason) }
    guard (now - received).magnitude <= staleAfter else { return .silence(.stale) }
    packet[0] = served.leap.rawValue << 6 | version << 3 | mode
    packet[1] = served.stratum
    // Byte 2, the poll interval, stays the client's.
    packet[3] = UInt8(bitPattern: served.precision)
    Header.store(Header.shortFormat(served.rootDelay), in: &packet, at: Header.rootDelay)
    Header.store(Header.shortFormat(served.rootDispersion), in: &packet, at: Header.rootDispersion)
    Header.store(served.referenceID, in: &packet, at: Header.referenceID)
    Header.store(served.referenceTime.map(Header.timestamp) ?? 0, in: &packet, at: Header.referenceTime)
    // The client's transmit stamp, a nonce perhaps, comes back as origin.
    for offset in 0..<8 { packet[Header.originTime + offset] = packet[Header.transmitTime + offset] }
    return .reply(length: Header.length)
  }

  /// Writes the server's own stamps: when the request came, and the clock as read last before the reply leaves.
  ///
  /// A step of the clock in between is undone: the receive stamp is then counted back from `transmitted` on the raw clock, so
  /// that both are of one era.
  package static func stamp(_ packet: inout MutableSpan<UInt8>, received: Stamp, transmitted: Stamp) {
    guard packet.count >= Header.length else { return }
    let sameLine = received.kind != .none && received.era == transmitted.era && received.clock == transmitted.clock
    let arrival = sameLine ? received.time : transmitted.time - (transmitted.raw - received.raw)
    Header.store(Header.timestamp(arrival), in: &packet, at: Header.receiveTime)
    Header.store(Header.timestamp(transmitted.time), in: &packet, at: Header.transmitTime)
  }

  /// The mode of the reply; nil = there is none. Client 3 → server 4; symmetric active 1, which Windows machines send, → passive
  /// 2, without an association; mode 0 of version 1, which had no modes, is a client unless it comes from the server port.
  static func replyMode(to mode: UInt8, version: UInt8, peerPort: UInt16) -> UInt8? {
    switch mode {
    case 3: 4
    case 1: 2
    case 0 where version == 1 && peerPort != Header.port: 4
    default: nil
    }
  }

  /// What follows the header: nil = nothing that matters. Version 4 may carry extension fields, which are neither understood nor
  /// echoed; a MAC needs a key that this server does not have (MS-SNTP's 68 and 120 bytes among them).
  static func judgeTrailer(_ packet: Span<UInt8>, version: UInt8) -> Silence? {
    var rest = packet.count - Header.length
    if rest == 0 { return nil }
    if version < 4 { return .authenticator }
    while rest > Header.longestMAC {
      let start = packet.count - rest
      let length = Int(packet[start + 2]) << 8 | Int(packet[start + 3])
      guard length >= Header.shortestField, length % 4 == 0, length <= rest else { return .malformed }
      rest -= length
    }
    switch rest {
    case 0: return nil
    case 4, 20, 24: return .authenticator
    default: return .malformed
    }
  }
}
