// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

/// Numeric addresses as people write them: "192.0.2.1", "2001:db8::1" (RFC 4291, section 2.2).
package enum AddressText {
  /// The address without a port; nil = it is none. Names and scopes ("%eth0") are not addresses.
  package static func parse(_ text: some StringProtocol) -> SocketAddress? {
    text.contains(":") ? parseIPv6(text) : parseIPv4(text).map { SocketAddress(ipv4: $0) }
  }

  /// "127.0.0.1:123", "[::1]:123", either without the port, then `defaultPort`.
  package static func parseEndpoint(_ text: String, defaultPort: UInt16) -> SocketAddress? {
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]"),
        let address = parseIPv6(text[text.index(after: text.startIndex)..<end]),
        let port = parsePort(text[text.index(after: end)...], defaultPort)
      else { return nil }
      return address.with(port: port)
    }
    guard let colon = text.firstIndex(of: ":") else { return parse(text)?.with(port: defaultPort) }
    if text[text.index(after: colon)...].contains(":") { return parseIPv6(text)?.with(port: defaultPort) }
    guard let bits = parseIPv4(text[..<colon]), let port = parsePort(text[colon...], defaultPort) else { return nil }
    return SocketAddress(ipv4: bits, port: port)
  }

  /// ":123", or nothing.
  static func parsePort(_ text: some StringProtocol, _ defaultPort: UInt16) -> UInt16? {
    if text.isEmpty { return defaultPort }
    guard text.first == ":", let port = number(text.dropFirst(), radix: 10, limit: 65535), port > 0 else { return nil }
    return UInt16(port)
  }

  private static func parseIPv4(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard part.count <= 3, let byte = number(part, radix: 10, limit: 255) else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    return bits
  }

  private static func parseIPv6(_ text: some StringProtocol) -> SocketAddress? {
    var groups: [UInt16] = []
    var gap: Int?
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.count <= 9 else { return nil }
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        // "::" shows as one empty part in the middle, as two at either end.
        let atEdge = index == 0 || index == parts.count - 1
        if atEdge {
          guard parts[index == 0 ? 1 : index - 1].isEmpty else { return nil }
          continue
        }
        guard gap == nil else { return nil }
        gap = groups.count
      } else if index == parts.count - 1, part.contains(".") {
        guard let bits = parseIPv4(part) else { return nil }
        groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
      } else {
        guard part.count <= 4, let group = number(part, radix: 16, limit: 65535) else { return nil }
        groups.append(UInt16(group))
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    func word(_ range: Range<Int>) -> UInt64 { groups[range].reduce(0) { $0 << 16 | UInt64($1) } }
    return SocketAddress(family: .ipv6, high: word(0..<4), low: word(4..<8))
  }

  static func number(_ text: some StringProtocol, radix: Int, limit: Int) -> Int? {
    guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"), text.utf8.count <= 5,
      let value = Int(text, radix: radix), value <= limit
    else { return nil }
    return value
  }
}
