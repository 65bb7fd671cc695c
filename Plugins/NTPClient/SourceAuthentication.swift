// SPDX-License-Identifier: Apache-2.0

import ProviderKit

/// How the replies of a source have to prove themselves: the setting `auth`.
///
/// What is asked for is never left out: a source whose scheme or key is not there sends nothing.
package enum SourceAuthentication: Hashable, Sendable, BitwiseCopyable {
  /// Nothing is proved.
  case none
  /// The symmetric key of that number (RFC 5905, section 7.3), never 0.
  case key(UInt32)
  /// The machine's own account ([MS-SNTP]).
  case msSNTP
  /// A key exchange over TLS (RFC 8915).
  case nts

  /// What an operator may write.
  package static let whatWouldBeRight =
    "\"none\", \"key:N\" with the number of a key from 1 to 4294967295, \"ms-sntp\" or \"nts\""

  /// nil = it is none of those.
  package init?(_ text: String) {
    switch text {
    case "none": self = .none
    case "ms-sntp": self = .msSNTP
    case "nts": self = .nts
    default:
      let digits = text.utf8.dropFirst(4)
      // UInt32(_:) would take a sign.
      guard text.hasPrefix("key:"), !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = UInt32(text.dropFirst(4)), number > 0
      else { return nil }
      self = .key(number)
    }
  }

  package var isWanted: Bool { self != .none }

  /// The scheme that an authenticator offers (authenticate/1).
  var scheme: String {
    switch self {
    case .none: ""
    case .key: "symmetric"
    case .msSNTP: "ms-sntp"
    case .nts: "nts"
    }
  }

  /// What an authenticator is told of it; "" = its default.
  var key: String { if case .key(let number) = self { "\(number)" } else { "" } }

  /// In source/1.
  var schemeCode: SourceProof.Scheme {
    switch self {
    case .none: .none
    case .key: .symmetric
    case .msSNTP: .msSNTP
    case .nts: .nts
    }
  }

  /// For people.
  var text: String { if case .key(let number) = self { "key \(number)" } else { scheme } }
}
