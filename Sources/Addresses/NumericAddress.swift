// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address from its text, the one way in which settings and providers read it (RFC 4291, section 2.2; IPv4 in four
/// decimal parts without leading zeros). Names are none.
package struct NumericAddress: Hashable, Sendable, BitwiseCopyable {
  package enum Family: Sendable, BitwiseCopyable {
    case ipv4, ipv6
  }

  package let family: Family
  /// The first eight bytes, most significant first; IPv4 in the upper half.
  package let high: UInt64
  /// The last eight; 0 for IPv4.
  package let low: UInt64

  /// Without port, brackets and zone; nil = it is no address.
  package init?(_ text: some StringProtocol) {
    // The longest is "0000:0000:0000:0000:0000:ffff:255.255.255.255".
    guard text.utf8.count <= 45 else { return nil }
    self.init(bytes: Array(text.utf8)[...])
  }

  package init(ipv4 bits: UInt32) { (family, high, low) = (.ipv4, UInt64(bits) << 32, 0) }

  package init(ipv6High high: UInt64, low: UInt64) { (family, self.high, self.low) = (.ipv6, high, low) }

  init(_ family: Family, _ high: UInt64, _ low: UInt64) { (self.family, self.high, self.low) = (family, high, low) }

  /// ::ffff:a.b.c.d, as a dual-stack socket shows an IPv4 peer, as a.b.c.d (RFC 4291, section 2.5.5.2); others as they are.
  package var unmapped: NumericAddress {
    family == .ipv6 && high == 0 && low >> 32 == 0xffff
      ? NumericAddress(ipv4: UInt32(truncatingIfNeeded: low)) : self
  }

  private init?(bytes: ArraySlice<UInt8>) {
    if bytes.contains(UInt8(ascii: ":")) {
      guard let words = Self.ipv6(bytes) else { return nil }
      (family, high, low) = (.ipv6, words.high, words.low)
    } else {
      guard let bits = Self.ipv4(bytes) else { return nil }
      (family, high, low) = (.ipv4, UInt64(bits) << 32, 0)
    }
  }

  /// Whether a source's address needs no resolver: an address with or without brackets, and for IPv6 with a zone ("fe80::1%eth0").
  package static func accepts(_ text: String) -> Bool {
    var rest = text[...]
    if rest.first == "[", rest.last == "]" { rest = rest.dropFirst().dropLast() }
    if rest.utf8.contains(UInt8(ascii: ":")), let percent = rest.firstIndex(of: "%") {
      guard rest.index(after: percent) < rest.endIndex else { return false }
      rest = rest[..<percent]
    }
    return NumericAddress(rest) != nil
  }

  /// 0.0.0.0 or ::
  package var isWildcard: Bool { high == 0 && low == 0 }

  /// 127.0.0.0/8 or ::1
  package var isLoopback: Bool {
    let plain = unmapped
    return plain.family == .ipv4 ? plain.high >> 56 == 127 : plain.high == 0 && plain.low == 1
  }

  private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let byte = DecimalText.number(part, limit: 255) else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    return bits
  }

  private static func ipv6(_ bytes: ArraySlice<UInt8>) -> (high: UInt64, low: UInt64)? {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.count <= 9 else { return nil }
    var groups: [UInt16] = []
    var gap: Int?
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        // "::" shows as one empty part in the middle, as two at either end.
        if index == 0 || index == parts.count - 1 {
          guard parts[index == 0 ? 1 : index - 1].isEmpty else { return nil }
          continue
        }
        guard gap == nil else { return nil }
        gap = groups.count
      } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let bits = ipv4(part) else { return nil }
        groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
      } else {
        guard let group = hexadecimal(part) else { return nil }
        groups.append(group)
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    func word(_ range: Range<Int>) -> UInt64 { groups[range].reduce(0) { $0 << 16 | UInt64($1) } }
    return (word(0..<4), word(4..<8))
  }

  /// One to four digits.
  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(digits.count) else { return nil }
    var value: UInt16 = 0
    for digit in digits {
      let nibble: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = digit - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt16(nibble)
    }
    return value
  }
}

extension NumericAddress: CustomStringConvertible {
  /// "192.0.2.1", "2001:db8::1" (RFC 5952: lower case, the longest run of zero groups, and of equal ones the first, as "::").
  package var description: String {
    if family == .ipv4 { return [56, 48, 40, 32].map { "\(high >> UInt64($0) & 255)" }.joined(separator: ".") }
    let groups = [high, low].flatMap { word in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: word >> UInt64($0)) } }
    var gap = 0..<0
    var start = 0
    while start < 8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(gap.count, 1) { gap = start..<end }
      start = max(end, start + 1)
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return gap.isEmpty ? text(0..<8) : "\(text(0..<gap.lowerBound))::\(text(gap.upperBound..<8))"
  }
}
