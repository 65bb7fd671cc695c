// SPDX-License-Identifier: Apache-2.0

import NTPWire

/// How a request proved its origin, and so how its reply is to be proved.
struct Proof: Hashable, Sendable, BitwiseCopyable {
  /// Which of the server's schemes.
  var scheme: Int
  /// The scheme's own name of the request's keys.
  var request: UInt64
}

/// What is known of a request's origin.
enum Examination: Hashable, Sendable, BitwiseCopyable {
  /// The next scheme is to be asked.
  case open
  /// Its first `length` bytes are a request without a proof, which may be answered as such.
  case plain(length: Int)
  /// Its first `length` bytes are proven.
  case proven(Proof, length: Int)
  case silence(Silence)

  var isOpen: Bool { if case .open = self { true } else { false } }

  /// Of a request that no scheme knows as one of its own.
  init(unknownToSchemes packet: Span<UInt8>, unsigned: UnsignedRequests) {
    guard packet.count >= NTPPacket.length else {
      self = .silence(.short)
      return
    }
    let code = PacketTrailer(of: packet, version: packet[0] &>> 3 & 7).mac
    if unsigned != .all {
      self = .silence(code == nil ? .unsigned : .authenticator)
    } else if let code, !code.isCryptoNAK, code.keyID(in: packet) == 0 {
      // Key 0 is no key: what stands behind it is as if it were not there.
      self = .plain(length: code.range.lowerBound)
    } else {
      self = .plain(length: packet.count)
    }
  }
}
