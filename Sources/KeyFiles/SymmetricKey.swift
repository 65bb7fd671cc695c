// SPDX-License-Identifier: Apache-2.0

package import Addresses

/// A key that two sides share, as a key file gives it.
///
/// Its secret is in no text that this type makes of itself, mirrors included. Whoever holds it wipes it.
package struct SymmetricKey: Equatable, Sendable {
  /// 1 to 2³² - 1; a key file of ntpd's ends at 65535.
  package var id: UInt32
  package var algorithm: KeyAlgorithm
  /// The bytes that the algorithm takes, ready: decoded, and for AES of the cipher's length.
  package var secret: [UInt8]
  /// Who may use it; empty = anybody who has it.
  package var addresses: [AddressPrefix]
  /// The first second since 1970 (UTC) at which it is no longer good; nil = it has no end.
  package var expiry: Int64?
  /// Where it stands, counted from 1; 0 = in no file.
  package var line: Int

  package init(
    id: UInt32, algorithm: KeyAlgorithm, secret: [UInt8], addresses: [AddressPrefix] = [], expiry: Int64? = nil,
    line: Int = 0
  ) {
    self.id = id
    self.algorithm = algorithm
    self.secret = secret
    self.addresses = addresses
    self.expiry = expiry
    self.line = line
  }

  /// `now` in seconds since 1970, UTC.
  package func isExpired(at now: Int64) -> Bool {
    guard let expiry else { return false }
    return now >= expiry
  }

  /// Whether the peer of that address may use it; an IPv4 address in IPv6's clothes is taken for what it is.
  package func allows(_ peer: NumericAddress) -> Bool {
    if addresses.isEmpty { return true }
    let plain = peer.unmapped
    for index in 0..<addresses.count where addresses[index].holds(plain) { return true }
    return false
  }

  /// Zeros in place of the secret's bytes, where they are. Copies of this value that others hold keep theirs.
  package mutating func wipe() {
    for index in secret.indices { secret[index] = 0 }
    secret.removeAll()
  }
}

extension SymmetricKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// "key 7 (sha256)": never the secret, nor its length.
  package var description: String { "key \(id) (\(algorithm.name))" }
  package var debugDescription: String { description }
  package var customMirror: Mirror {
    Mirror(self, children: ["id": id, "algorithm": algorithm.name], displayStyle: .struct)
  }
}
