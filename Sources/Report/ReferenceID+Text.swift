// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

extension ReferenceID {
  /// "LOCL": 76.79.67.76 as an address, which nobody is likely to serve time from.
  private static let local = ReferenceID(rawValue: 0x4C4F_434C)

  /// As people read it (RFC 5905, section 7.3): four characters at stratum 0 and 1 ("GPS") and at 16, where a server that follows nobody
  /// may say why ("INIT"); dotted decimal between, where it is an IPv4 address or a hash, but for "LOCL", an own clock served as such.
  package func text(stratum: UInt8) -> String {
    let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> UInt32($0)) }
    if rawValue == 0 { return "none" }
    if stratum <= 1 || stratum >= 16 || self == Self.local {
      let letters = bytes.prefix { $0 != 0 }
      if letters.allSatisfy({ (33...126).contains($0) }), !letters.isEmpty {
        return String(decoding: letters, as: UTF8.self)
      }
      return "0x" + hexadecimal(rawValue, digits: 8)
    }
    return bytes.map(String.init).joined(separator: ".")
  }
}
