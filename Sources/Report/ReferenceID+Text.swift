// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

extension ReferenceID {
  /// As people read it: four characters at stratum 0 and 1 ("GPS"), dotted decimal above, where it is an IPv4 address or a hash.
  package func text(stratum: UInt8) -> String {
    let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> UInt32($0)) }
    if rawValue == 0 { return "none" }
    if stratum <= 1 {
      let letters = bytes.prefix { $0 != 0 }
      if letters.allSatisfy({ (33...126).contains($0) }), !letters.isEmpty {
        return String(decoding: letters, as: UTF8.self)
      }
      return "0x" + hexadecimal(rawValue, digits: 8)
    }
    return bytes.map(String.init).joined(separator: ".")
  }
}
