// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

/// What became of a packet, each with a counter.
package enum Outcome: Int, CaseIterable, Sendable {
  case signed
  case verified
  /// Without a signature, or with key 0, from an address that a key names.
  case plain
  /// Nothing of this scheme: others are asked.
  case others
  /// Without a signature, from an address that no key names: others are asked.
  case stranger
  /// No key of that number.
  case unknownKey
  /// A reply signed with another key than its association's.
  case otherKey
  /// The code is wrong.
  case badCode
  /// A reply without any.
  case unsigned
  /// The server says that it could not verify the request; anybody can say so.
  case cryptoNAK
  /// The length of the MAC is not the key's, or what follows the header is nothing known.
  case malformed
  /// The key is for other addresses.
  case notAllowed
  /// The key's time is over.
  case expired
  /// It would grow beyond its limit.
  case noRoom
  /// Too many threads at once with one key, or libcrypto failed.
  case unavailable

  package var text: String {
    switch self {
    case .signed: "signed"
    case .verified: "verified"
    case .plain: "unsigned from registered addresses"
    case .others: "of other schemes"
    case .stranger: "unsigned from addresses that no key names"
    case .unknownKey: "with a key that is not known"
    case .otherKey: "with another key than the association's"
    case .badCode: "with a wrong code"
    case .unsigned: "without a signature"
    case .cryptoNAK: "crypto-NAK"
    case .malformed: "malformed"
    case .notAllowed: "with a key that is not for that address"
    case .expired: "with an expired key"
    case .noRoom: "without room for a signature"
    case .unavailable: "that could not be computed"
    }
  }

  /// What the caller is told; nil = the packet is not refused.
  package var refusal: Protection.Refusal? {
    switch self {
    case .signed, .verified, .plain, .others, .stranger: nil
    case .unknownKey, .otherKey, .cryptoNAK: .unknownKey
    case .badCode: .badCode
    case .unsigned, .malformed: .malformed
    case .notAllowed: .notAllowed
    case .expired: .stale
    case .noRoom: .noRoom
    case .unavailable: .unavailable
    }
  }
}
