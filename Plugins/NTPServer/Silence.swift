// SPDX-License-Identifier: Apache-2.0

/// Why a datagram got no answer. Each reason has a counter.
package enum Silence: Int, CaseIterable, Sendable, BitwiseCopyable {
  /// Longer than the host's buffer.
  case truncated
  /// Shorter than the 48 bytes of an NTP header.
  case short
  /// Not version 1, 2, 3 or 4.
  case version
  /// A reply, a broadcast, a control or a private message (modes 2, 4, 5, 6, 7), or mode 0 that is no old client's.
  case mode
  /// Refused by the access lists.
  case refused
  /// Carries a code that nobody here can verify, or that is wrong.
  case authenticator
  /// What follows the header is neither extension fields nor a MAC (RFC 7822, section 3).
  case malformed
  /// Waited longer for us than `stale_after`: the client has given up.
  case stale
  /// The host could not read the clock.
  case clock
  /// Beyond the rate that one client may have.
  case limited
  /// Proves nothing, and `unsigned` wants a proof.
  case unsigned
  /// The reply could not be signed.
  case unsignable
  /// The reply was signed later than its root dispersion holds.
  case late

  package var text: String {
    switch self {
    case .truncated: "too long"
    case .short: "too short"
    case .version: "unknown version"
    case .mode: "not a request"
    case .refused: "refused"
    case .authenticator: "unverifiable code"
    case .malformed: "malformed"
    case .stale: "stale"
    case .clock: "no clock"
    case .limited: "over the rate"
    case .unsigned: "unsigned"
    case .unsignable: "not signed"
    case .late: "signed too late"
    }
  }
}
