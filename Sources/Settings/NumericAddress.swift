// SPDX-License-Identifier: Apache-2.0

/// Tells numeric addresses from names, for the minimal profile, which cannot resolve names.
package enum NumericAddress {
  /// True for an IPv4 address in four decimal parts, or an IPv6 address (RFC 4291, section 2.2), with or without brackets, and
  /// with a zone ("fe80::1%eth0").
  package static func accepts(_ text: String) -> Bool {
    var bytes = Array(text.utf8)
    if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") { bytes = Array(bytes[1..<(bytes.count - 1)]) }
    if !bytes.contains(UInt8(ascii: ":")) { return isIPv4(bytes[...]) }
    if let percent = bytes.firstIndex(of: UInt8(ascii: "%")) {
      guard percent + 1 < bytes.count else { return false }
      bytes = Array(bytes[..<percent])
    }
    return isIPv6(bytes)
  }

  private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy { (48...57).contains($0) }
          && (part.count == 1 || part.first != 48)
          && part.reduce(0) { $0 * 10 + Int($1) - 48 } <= 255
      }
  }

  private static func isIPv6(_ bytes: [UInt8]) -> Bool {
    let colon = UInt8(ascii: ":")
    let groups = bytes.split(separator: colon, omittingEmptySubsequences: false)
    guard groups.count >= 3, groups.count <= 9 else { return false }
    var used = 0
    var gaps = 0
    for (index, group) in groups.enumerated() {
      let isEdge = index == 0 || index == groups.count - 1
      if group.isEmpty {
        // An empty group is the gap "::"; at an edge it is half of one that begins or ends the address.
        if isEdge {
          let neighbour = index == 0 ? 1 : groups.count - 2
          guard groups[neighbour].isEmpty else { return false }
        } else {
          gaps += 1
        }
      } else if index == groups.count - 1, group.contains(UInt8(ascii: ".")) {
        guard isIPv4(group) else { return false }
        used += 2
      } else {
        guard group.count <= 4, group.allSatisfy(isHexadecimal) else { return false }
        used += 1
      }
    }
    return gaps == 0 ? used == 8 : (gaps == 1 && used <= 7)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }
}
