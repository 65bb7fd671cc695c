// SPDX-License-Identifier: Apache-2.0

import NTPWire
package import TimeTypes

/// The server's answer to one datagram, made over the request in place. What is here is pure and keeps nothing of a client;
/// the interleaved mode's `stamp` (Responder+Interleaving) reads and writes the `ReplyHistory` that it is given.
///
/// Two steps, so that the transmit time stamp is read after all other work of a batch: `answer` writes everything but the two
/// server stamps, `stamp` writes them. Rules: RFC 5905, sections 7.3 and 9.2; RFC 7822; RFC 1059 for version 1. [capture]
package enum Responder {
  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    /// Send the first `length` bytes; never more than came.
    case reply(length: Int)
    case silence(Silence)
  }

  /// Judges `packet` (the datagram, all of it) and writes the reply over its first 48 bytes.
  ///
  /// - Parameters:
  ///   - peerPort: the UDP port that it came from.
  ///   - age: how long it has waited for us.
  ///   - staleAfter: what waited longer gets no answer.
  ///   - interleaves: what an interleaved request asks is left in the reply for the other `stamp` (Responder+Interleaving).
  ///   - plain: so many bytes are the request, the rest was its proof and has been checked; nil = all.
  package static func answer(
    _ packet: inout MutableSpan<UInt8>, peerPort: UInt16, age: TimeInterval, staleAfter: TimeInterval,
    template: ReplyTemplate, interleaves: Bool = false, plain: Int? = nil
  ) -> Verdict {
    let end = min(plain ?? packet.count, packet.count)
    guard end >= length else { return .silence(.short) }
    let version = packet[0] &>> 3 & 7
    guard version &- 1 < 4 else { return .silence(.version) }
    guard let mode = replyMode(to: packet[0] & 7, version: version, peerPort: peerPort) else { return .silence(.mode) }
    if end > length {
      let request = packet.span.extracting(first: end)
      let trailer = PacketTrailer(of: request, version: version)
      // Key 0 is no key (RFC 5905, section 7.3): what stands behind it is as if it were not there.
      let isKeyless = trailer.mac.map { !$0.isCryptoNAK && $0.keyID(in: request) == 0 } ?? false
      if !isKeyless, let reason = judge(trailer) { return .silence(reason) }
    }
    guard age.magnitude <= staleAfter else { return .silence(.stale) }
    // The poll interval stays the client's; its transmit stamp, a nonce perhaps, comes back as origin.
    let own = UInt64(version &<< 3 | mode) &<< 56 | UInt64(packet[2]) &<< 40
    let origin = word(packet, at: 40)
    // RFC 9769 is about version 4; older clients get the basic mode.
    if interleaves { leaveWish(in: &packet, isClient: packet[0] & 0x3f == 4 &<< 3 | 3, transmit: origin) }
    store(template.first | own, at: 0, in: &packet)
    store(template.second, at: 8, in: &packet)
    store(template.third, at: 16, in: &packet)
    store(origin, at: 24, in: &packet)
    return .reply(length: Self.length)
  }

  /// Writes the server's own stamps: when the request came, and the clock as read last before the reply leaves.
  @_noLocks @_noAllocation
  package static func stamp(_ packet: inout MutableSpan<UInt8>, received: Stamp, departure: Departure) {
    guard packet.count >= length else { return }
    store(departure.arrival(received), at: 32, in: &packet)
    store(departure.timestamp, at: 40, in: &packet)
  }

  /// Turns a reply into the kiss "RATE" (RFC 5905, section 7.4): leap 3, stratum 0, and no state of the clock.
  @_noLocks @_noAllocation
  package static func kiss(_ packet: inout MutableSpan<UInt8>) {
    guard packet.count >= length else { return }
    let kept = word(packet, at: 0) & 0x3f00_ffff_0000_0000
    store(kept | 3 &<< 62, at: 0, in: &packet)
    store(UInt64(KissCode.rate.rawValue), at: 8, in: &packet)
    store(0, at: 16, in: &packet)
  }

  /// Of the header, and of every reply (RFC 5905, figure 8).
  package static var length: Int {
    @_noLocks @_noAllocation get { 48 }
  }
  /// The server port (RFC 5905, section 7.2).
  private static var port: UInt16 {
    @_noLocks @_noAllocation get { 123 }
  }

  /// The mode of the reply; nil = there is none. Client 3 → server 4; symmetric active 1, which Windows machines send, → passive
  /// 2, without an association; mode 0 of version 1, which had no modes, is a client unless it comes from the server port.
  @_noLocks @_noAllocation
  static func replyMode(to mode: UInt8, version: UInt8, peerPort: UInt16) -> UInt8? {
    switch mode {
    case 3: 4
    case 1: 2
    case 0 where version == 1 && peerPort != port: 4
    default: nil
    }
  }

  /// Whether what follows the header forbids an answer. Version 4 may carry extension fields, which are neither understood nor
  /// echoed; a MAC needs a key that this server does not have (MS-SNTP's 68 and 120 bytes among them).
  @_noLocks @_noAllocation
  static func judge(_ trailer: PacketTrailer) -> Silence? {
    switch trailer {
    case .none, .extensionFields(_, mac: nil): nil
    case .mac, .extensionFields: .authenticator
    case .malformed: .malformed
    }
  }

  // MARK: words of the wire; the callers have checked that there are 48 bytes

  @_noLocks @_noAllocation @inline(__always)
  static func word(_ packet: borrowing MutableSpan<UInt8>, at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset &+ 8 <= packet.count, "word outside the packet")
    // Sound: all eight were checked just now; a check of each would keep them from being one load.
    @inline(__always) func byte(_ index: Int) -> UInt64 { unsafe UInt64(packet[unchecked: offset &+ index]) }
    let upper = byte(0) &<< 56 | byte(1) &<< 48 | byte(2) &<< 40 | byte(3) &<< 32
    return upper | byte(4) &<< 24 | byte(5) &<< 16 | byte(6) &<< 8 | byte(7)
  }

  @_noLocks @_noAllocation @inline(__always)
  static func store(_ word: UInt64, at offset: Int, in packet: inout MutableSpan<UInt8>) {
    // Sound: every pattern of bits is a UInt8, and the store checks its bounds.
    var bytes = unsafe packet.mutableBytes
    bytes.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt64.self)
  }
}
