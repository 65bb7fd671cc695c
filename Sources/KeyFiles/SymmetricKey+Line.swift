// SPDX-License-Identifier: Apache-2.0

extension SymmetricKey {
  /// The line of our own format that says it, with its line break: it holds the secret.
  package var fileLine: String {
    var words = ["\(id)", algorithm.name, "hex:" + SecretText.hexadecimal(secret)]
    if let expiry { words.append("expires=" + ExpiryDate(end: expiry).text) }
    if !addresses.isEmpty { words.append("addresses=" + addresses.map(\.description).joined(separator: ",")) }
    return words.joined(separator: " ") + "\n"
  }
}
