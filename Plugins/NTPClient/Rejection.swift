// SPDX-License-Identifier: Apache-2.0

/// Why a packet was refused. The first failing test names the reason; the association's state is then as it was.
package enum Rejection: UInt8, Error, CaseIterable, Sendable, BitwiseCopyable {
  /// Shorter than an NTP header, longer than any reply, or not a packet at all.
  case malformed
  case wrongVersion
  /// Not a server's reply (RFC 5905 mode 4).
  case wrongMode
  /// The origin timestamp is zero: nobody's reply.
  case zeroOrigin
  /// The origin is of the request before: answered already, a copy of the answer.
  case duplicate
  /// The origin is of a request that was given up.
  case stale
  /// The origin is none of ours: forged, or meant for somebody else.
  case wrongOrigin
  /// Stratum 0 with a code that says nothing to a client.
  case kissCode
  /// Receive or transmit timestamp zero.
  case zeroTimestamp
  /// The server calls itself unsynchronized (leap 3, or stratum 16 and above).
  case unsynchronized
  /// Sent before it was received.
  case timeOrder
  /// The same transmit timestamp as in the last reply: its clock stands still.
  case frozen
  /// Root delay / 2 + root dispersion of 16 s or more.
  case rootDistance
  /// Synchronized to its own reference after it sent the reply, or more than a day ago.
  case referenceTime
  /// The server takes its time from this host.
  case loop
  /// Timestamps of an interleaved reply that belong to no one exchange.
  case interleaving
  /// A round trip beyond max_delay, or one shorter than the server's own turnaround.
  case delay
  /// No request was open on the socket.
  case unexpected
  /// The source has to prove its replies, and this one carries no proof.
  case noAuthentication
  /// Its code is wrong: tampered with, or made with another key.
  case badAuthentication
  /// A crypto-NAK: somebody says that the server could not verify the request.
  case cryptoNAK
  /// Made with a key that is not this source's.
  case unknownKey
  /// What should prove it makes no sense.
  case malformedAuthentication
  /// Made with a key or cookie that is too old.
  case staleAuthentication
  /// The key is not for this address.
  case keyNotAllowed
  /// Nobody could check it: no keys, or no authenticator.
  case authenticationUnavailable

  /// In words, for people.
  package var text: String {
    switch self {
    case .malformed: "malformed packet"
    case .wrongVersion: "wrong NTP version"
    case .wrongMode: "not a server's reply"
    case .zeroOrigin: "zero origin timestamp"
    case .duplicate: "copy of an earlier reply"
    case .stale: "reply to an old request"
    case .wrongOrigin: "wrong origin timestamp"
    case .kissCode: "kiss code that says nothing to a client"
    case .zeroTimestamp: "zero timestamp"
    case .unsynchronized: "the server calls itself unsynchronized"
    case .timeOrder: "sent before it was received"
    case .frozen: "the server's clock stands still"
    case .rootDistance: "root distance of 16 s or more"
    case .referenceTime: "the server heard from its own reference too long ago"
    case .loop: "the server takes its time from this host"
    case .interleaving: "interleaved timestamps of different exchanges"
    case .delay: "round trip out of bounds"
    case .unexpected: "no request is open"
    case .noAuthentication: "reply without authentication"
    case .badAuthentication: "authentication code is wrong"
    case .cryptoNAK: "crypto-NAK: the server could not verify the request"
    case .unknownKey: "authenticated with another key"
    case .malformedAuthentication: "malformed authentication"
    case .staleAuthentication: "authenticated with a key that is too old"
    case .keyNotAllowed: "the key is not for this address"
    case .authenticationUnavailable: "authentication cannot be checked"
    }
  }

  /// It carried the nonce of the open request, and proved nothing: whoever sent it, it is no sign of the server.
  package var isUnproven: Bool {
    switch self {
    case .noAuthentication, .badAuthentication, .cryptoNAK, .unknownKey, .malformedAuthentication, .staleAuthentication,
      .keyNotAllowed, .authenticationUnavailable:
      true
    default: false
    }
  }

  /// The packet carried the nonce of the open request, so the server itself is alive.
  package var isAuthentic: Bool {
    switch self {
    case .kissCode, .zeroTimestamp, .unsynchronized, .timeOrder, .frozen, .rootDistance, .referenceTime, .loop, .delay,
      .interleaving:
      true
    default: false
    }
  }
}
