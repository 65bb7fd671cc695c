// SPDX-License-Identifier: Apache-2.0

extension SymmetricKey {
  /// The line of a format that says it, with its line break: it holds the secret. nil = the format cannot say it.
  package func fileLine(_ format: KeyFileFormat = .tompion) -> String? {
    let digits = SecretText.hexadecimal(secret)
    switch format {
    case .auto, .tompion:
      var words = ["\(id)", algorithm.name, "hex:" + digits]
      if let expiry { words.append("expires=" + ExpiryDate(end: expiry).text) }
      if !addresses.isEmpty { words.append("addresses=" + list) }
      return words.joined(separator: " ") + "\n"
    case .ntp:
      // Up to 20 digits would be taken for the key itself.
      guard id <= 65535, expiry == nil, digits.utf8.count > 20, digits.utf8.count <= 64 else { return nil }
      return "\(id) \(ntpType) \(digits)\(addresses.isEmpty ? "" : " " + list)\n"
    case .chrony:
      guard let chronyType, expiry == nil, addresses.isEmpty else { return nil }
      return "\(id) \(chronyType) HEX:\(digits)\n"
    }
  }

  private var list: String { addresses.map(\.description).joined(separator: ",") }

  private var ntpType: String {
    switch algorithm {
    case .aes128CMAC: "AES128CMAC"
    case .aes256CMAC: "AES-256"
    default: algorithm.name.uppercased()
    }
  }

  private var chronyType: String? {
    switch algorithm {
    case .aes128CMAC: "AES128"
    case .aes256CMAC: "AES256"
    case .hmacSHA256: nil
    default: algorithm.name.uppercased()
    }
  }
}
