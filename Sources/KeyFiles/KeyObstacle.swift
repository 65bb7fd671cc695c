// SPDX-License-Identifier: Apache-2.0

package import Addresses

/// Why a key that is there may not be used with a peer, as the provider ntp-symmetric judges it.
package enum KeyObstacle: Equatable, Sendable {
  /// Its time is over since that second since 1970.
  case expired(Int64)
  case foreignAddress(NumericAddress, of: [AddressPrefix])
  /// It is deprecated, and nobody allowed it.
  case deprecated(KeyAlgorithm)

  /// The first one; nil = it may be used. `now` in seconds since 1970, UTC; `peer` nil = its address is not known; `allowed`: the
  /// deprecated algorithms that may be used all the same.
  package init?(_ key: SymmetricKey, peer: NumericAddress?, now: Int64, allowed: Set<KeyAlgorithm>) {
    if key.isExpired(at: now), let end = key.expiry {
      self = .expired(end)
    } else if key.algorithm.isDeprecated, !allowed.contains(key.algorithm) {
      self = .deprecated(key.algorithm)
    } else if let peer, !key.allows(peer) {
      self = .foreignAddress(peer, of: key.addresses)
    } else {
      return nil
    }
  }

  /// For programs.
  package var name: String {
    switch self {
    case .expired: "key-expired"
    case .foreignAddress: "key-address"
    case .deprecated: "key-type"
    }
  }

  /// Behind "key 7 ".
  package var finding: String {
    switch self {
    case .expired(let end): "is over its time: it was good until \(ExpiryDate(end: end).text)"
    case .foreignAddress(let peer, let prefixes):
      "is not for \(peer.unmapped): its addresses are \(prefixes.prefix(8).map(\.description).joined(separator: ", "))"
        + (prefixes.count > 8 ? " and \(prefixes.count - 8) more" : "")
    case .deprecated(let algorithm):
      "is of type \(algorithm.name), which tompiond does not use unless allow_\(algorithm.name) = true says so"
    }
  }

  /// What would be right.
  package var advice: String {
    switch self {
    case .expired: "Give both sides a new key (tompion keys generate), or correct the date in its line."
    case .foreignAddress:
      "Add the server's address to the key's line, or take the key that its operator gave for that server."
    case .deprecated(let algorithm):
      "Agree on an aes128-cmac key with the server's operator, or write allow_\(algorithm.name) = true into [provider.ntp-symmetric]."
    }
  }
}
