// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider

/// An IPv4 or IPv6 address with a port (`tompion_address_t`), or none at all.
public struct SocketAddress: Hashable, Sendable, BitwiseCopyable {
  public enum Family: UInt8, Sendable, BitwiseCopyable {
    case none = 0
    case ipv4 = 4
    case ipv6 = 6
  }

  public var family: Family
  /// Host byte order.
  public var port: UInt16
  /// The IPv6 scope id (interface index), else 0.
  public var scope: UInt32
  /// The first eight bytes of the address, most significant first; IPv4 in the upper half.
  public var high: UInt64
  /// The last eight bytes; 0 for IPv4.
  public var low: UInt64

  @inlinable
  public init(family: Family = .none, high: UInt64 = 0, low: UInt64 = 0, scope: UInt32 = 0, port: UInt16 = 0) {
    self.family = family
    self.high = high
    self.low = low
    self.scope = scope
    self.port = port
  }

  public static let none = SocketAddress()

  /// An IPv4 address from its 32 bits, most significant first: 127.0.0.1 is 0x7f00_0001.
  @inlinable
  public init(ipv4 bits: UInt32, port: UInt16 = 0) {
    self.init(family: .ipv4, high: UInt64(bits) << 32, port: port)
  }

  /// The IPv4 address as 32 bits; 0 for IPv6.
  @inlinable
  public var ipv4: UInt32 { family == .ipv4 ? UInt32(truncatingIfNeeded: high >> 32) : 0 }

  /// The same host at another port.
  @inlinable
  public func with(port: UInt16) -> SocketAddress {
    var copy = self
    copy.port = port
    return copy
  }
}

extension SocketAddress {
  /// From the ABI's form; a family that this kit does not know becomes none.
  @inlinable
  public init(_ address: tompion_address_t) {
    let family = Family(rawValue: address.family) ?? .none
    // Sound: two words out of 16 bytes of plain data.
    let (high, low) = unsafe withUnsafeBytes(of: address.bytes) { bytes in
      (
        unsafe UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    self.init(
      family: family, high: family == .ipv6 ? high : family == .ipv4 ? high & 0xffff_ffff_0000_0000 : 0,
      low: family == .ipv6 ? low : 0, scope: address.scope, port: address.port)
  }

  /// In the ABI's form.
  public var abi: tompion_address_t {
    var address = tompion_address_t()
    func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 &- 8 &* index)) }
    address.bytes = (
      byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5), byte(high, 6),
      byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4), byte(low, 5), byte(low, 6),
      byte(low, 7)
    )
    address.scope = scope
    address.port = port
    address.family = family.rawValue
    return address
  }
}

extension SocketAddress: CustomStringConvertible {
  /// "192.0.2.1:123", "[2001:db8::1]:123", without the port where it is 0; "" for none (RFC 5952 for IPv6).
  public var description: String {
    switch family {
    case .none: return ""
    case .ipv4:
      let bits = ipv4
      let host = "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
      return port == 0 ? host : "\(host):\(port)"
    case .ipv6:
      let host = ipv6Text + (scope == 0 ? "" : "%\(scope)")
      return port == 0 ? host : "[\(host)]:\(port)"
    }
  }

  private var ipv6Text: String {
    var groups: [UInt16] = []
    for word in [high, low] {
      for shift in [UInt64(48), 32, 16, 0] { groups.append(UInt16(truncatingIfNeeded: word >> shift)) }
    }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8 && groups[end] == 0 { end += 1 }
      if end - start > best.count && end - start > 1 { best = start..<end }
      start = max(end, start + 1)
    }
    func hex(_ range: Range<Int>) -> String {
      range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    return best.isEmpty ? hex(0..<8) : "\(hex(0..<best.lowerBound))::\(hex(best.upperBound..<8))"
  }
}
