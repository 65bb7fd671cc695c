// SPDX-License-Identifier: Apache-2.0

/// A block of addresses of one family: "192.0.2.0/24", "2001:db8::/32", or one address alone.
package struct AddressPrefix: Hashable, Sendable, BitwiseCopyable {
  package let family: NumericAddress.Family
  /// As NumericAddress has them, bits beyond `length` cleared.
  package let high: UInt64
  package let low: UInt64
  /// 0 to 32 for IPv4, 0 to 128 for IPv6.
  package let length: Int

  /// nil = the family has fewer bits than `length`.
  package init?(_ address: NumericAddress, length: Int) {
    guard length >= 0, length <= (address.family == .ipv4 ? 32 : 128) else { return nil }
    (family, self.length) = (address.family, length)
    high = address.high & Self.mask(length)
    low = address.low & Self.mask(length - 64)
  }

  /// One address, or address/length; nil = it is neither.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = NumericAddress(first) else { return nil }
    let whole = address.family == .ipv4 ? 32 : 128
    guard parts.count == 2 else {
      self.init(address, length: whole)
      return
    }
    guard let length = DecimalText.number(parts[1], limit: whole) else { return nil }
    self.init(address, length: length)
  }

  /// Neither allocates nor locks. IPv4 that a dual-stack socket shows as ::ffff:a.b.c.d is an IPv6 address here: unfold it first
  /// (`NumericAddress.unmapped`).
  package func holds(_ address: NumericAddress) -> Bool {
    address.family == family && address.high & Self.mask(length) == high && address.low & Self.mask(length - 64) == low
  }

  /// The upper `bits` of a word: all zero at 0 and below, all one from 64 on.
  @inline(__always)
  private static func mask(_ bits: Int) -> UInt64 {
    bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
  }
}

extension AddressPrefix: CustomStringConvertible {
  /// "192.0.2.0/24"; one address alone without its length.
  package var description: String {
    let address = NumericAddress(family, high, low)
    return length == (family == .ipv4 ? 32 : 128) ? "\(address)" : "\(address)/\(length)"
  }
}
