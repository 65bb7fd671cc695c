// SPDX-License-Identifier: Apache-2.0

import NTPWire
import Report
package import TimeTypes

/// What can be wrong between a question and its answer: what was seen, and what usually causes it.
package enum Fault: Equatable, Sendable {
  /// ICMP: nobody listens.
  case portRefused
  /// ICMP, or no route; in the kernel's words.
  case unreachable(String)
  case notSent(String)
  /// No answer within so many seconds; `elsewhere`: whether public servers answered, nil = nobody asked them.
  case silent(seconds: Int64, elsewhere: Bool?)
  /// The plain query was answered.
  case signedSilence(seconds: Int64)
  case notNTP(bytes: Int)
  /// An answer to another question.
  case foreignOrigin
  case wrongMode(UInt8)
  case denied(String)
  case rateLimited
  case otherKiss(String)
  case stratum(UInt8)
  case leap
  case noTime
  /// So many answers to one request; `alike`: to the byte.
  case twoAnswers(Int, alike: Bool)
  /// reference - local.
  case quarterHour(TimeInterval)
  /// reference - local, and what it passes.
  case farOff(TimeInterval, OffsetLimits.Limit)
  /// The time on the way, by the stamps of both ends.
  case impossibleDelay(TimeInterval)
  case signatureMissing
  case cryptoNAK
  case otherKey(UInt32, wanted: UInt32)
  case wrongSignature(UInt32)

  /// For programs.
  package var name: String {
    switch self {
    case .portRefused: "port-refused"
    case .unreachable: "unreachable"
    case .notSent: "not-sent"
    case .silent: "silent"
    case .signedSilence: "signed-silence"
    case .notNTP: "not-ntp"
    case .foreignOrigin: "foreign-origin"
    case .wrongMode: "wrong-mode"
    case .denied: "access-denied"
    case .rateLimited: "rate-limited"
    case .otherKiss: "kiss-code"
    case .stratum: "stratum"
    case .leap: "leap"
    case .noTime: "no-time"
    case .twoAnswers: "two-answers"
    case .quarterHour: "quarter-hour"
    case .farOff: "offset"
    case .impossibleDelay: "impossible-delay"
    case .signatureMissing: "signature-missing"
    case .cryptoNAK: "crypto-nak"
    case .otherKey: "other-key"
    case .wrongSignature: "wrong-signature"
    }
  }

  package var finding: String {
    switch self {
    case .portRefused: "refused: the host is there, and nothing listens on that port"
    case .unreachable(let why): "unreachable: \(why)"
    case .notSent(let why): "the request could not be sent: \(why)"
    case .silent(let seconds, _): "timed out: no answer within \(seconds) s"
    case .signedSilence(let seconds): "no answer within \(seconds) s, though the plain query was answered"
    case .notNTP(let bytes): "an answer of \(bytes) bytes that is no NTP"
    case .foreignOrigin: "an answer that does not name our request"
    case .wrongMode(let mode): "an answer of mode \(mode) instead of 4 (server)"
    case .denied(let code): "access denied (kiss code \(code))"
    case .rateLimited: "asked too often (kiss code RATE)"
    case .otherKiss(let code): "it gives no time (kiss code \(code))"
    case .stratum(let stratum): "the server says that it is not synchronized (stratum \(stratum))"
    case .leap: "the server says that it is not synchronized (leap indicator 3)"
    case .noTime: "the answer has no time in it"
    case .twoAnswers(let count, let alike): "\(count) answers to one request\(alike ? ", alike" : ", which differ")"
    case .quarterHour(let offset): "the clocks are \(Quantity.offset(offset)) apart, nearly \(Self.quarters(offset))"
    case .farOff(let offset, let limit): "the clocks are \(Quantity.offset(offset)) apart, \(limit.finding)"
    case .impossibleDelay(let delay):
      "the answer's timestamps cannot be: a delay of \(Quantity.span(delay)) by them, and no packet travels so"
    case .signatureMissing: "the answer to a signed request is not signed"
    case .cryptoNAK: "the server could not verify our signature (crypto-NAK)"
    case .otherKey(let id, let wanted): "the answer is signed with key \(id) instead of \(wanted)"
    case .wrongSignature(let id): "the answer says key \(id), and its signature is wrong"
    }
  }

  package var cause: String {
    switch self {
    case .portRefused:
      "No NTP server runs there, or it listens on another port or address: ask its operator; try chronyc or ntpq there."
    case .unreachable:
      "There is no route, the host is down, or a router or firewall on the way says no: look at ip route get, and ping it."
    case .notSent: "The kernel refused: a local firewall rule, or no address of that family on this host."
    case .silent(_, elsewhere: true?):
      "Public servers answer, so UDP leaves this host: that server is down, drops us (it may only serve registered addresses), or a "
        + "firewall before it does."
    case .silent(_, elsewhere: false?):
      "Public servers do not answer either: a firewall here or at the provider drops UDP port 123, in or out."
    case .silent(_, elsewhere: nil):
      "A firewall drops UDP port 123 on the way, the host is down, or the server ignores us; --public tells whether others answer."
    case .signedSilence:
      "The server does not know the key, or ties it to another address than this host shows (NAT?): some, NIST among them, are silent "
        + "then. Compare number, type and key with what its operator gave."
    case .notNTP: "Something else listens on that port."
    case .foreignOrigin:
      "A device on the way rewrites NTP, somebody forges answers, or the server does not bring back the request's timestamp."
    case .wrongMode: "What answers is no NTP server: an echo service, a peer in symmetric mode, or a broken middlebox."
    case .denied:
      "The server does not serve this address: ask its operator (chrony: allow; ntpd: restrict), or use another server."
    case .rateLimited: "Other hosts behind the same address ask, too, or min_poll is too small: let it ask less often."
    case .otherKiss: "The server has just started, or was told not to serve: wait, then ask its operator."
    case .stratum, .leap:
      "It has lost its own sources or has just started. Wait some minutes; if it stays so, use another server."
    case .noTime: "The server is broken or a device on the way rewrites NTP."
    case .twoAnswers(_, alike: true): "A switch, bridge or capture port doubles packets."
    case .twoAnswers(_, alike: false):
      "Two hosts have the same address: look at ip neigh and arping for two hardware addresses."
    case .quarterHour:
      "Somebody keeps local time where UTC belongs: the hardware clock (timedatectl set-local-rtc 0; another system on this "
        + "machine?), a virtual machine's host, or the server."
    case .farOff:
      "One of the two clocks is wrong: compare with others (--public, --against). If it is the server's, tell its operator; if this "
        + "host's, look at timedatectl and at what tompion status says of steering."
    case .impossibleDelay:
      "The server's clock stepped in between, it is broken, or a device on the way rewrites NTP: ask again, then use another server."
    case .signatureMissing:
      "The server has no such key, or was not told to use keys; or a device on the way cut the signature off."
    case .cryptoNAK: "Number, type or key differ between the two sides (chrony: keyfile; ntpd: keys and trustedkey)."
    case .otherKey: "The server's configuration signs with a key of its own choice, or somebody in between answers."
    case .wrongSignature:
      "The key's bytes or its type differ between the two sides (a hexadecimal key read as text, or the reverse), or somebody "
        + "in between answers."
    }
  }

  /// "2 h", "a quarter of an hour", "45 min".
  private static func quarters(_ offset: TimeInterval) -> String {
    let quarters = (offset.magnitude.nanoseconds / 450_000_000_000 + 1) / 2
    return quarters % 4 == 0
      ? "\(quarters / 4) h" : quarters < 4 ? "\(quarters * 15) min" : "\(quarters / 4) h \(quarters % 4 * 15) min"
  }
}
