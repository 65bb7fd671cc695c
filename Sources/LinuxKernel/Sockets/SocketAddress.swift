// SPDX-License-Identifier: Apache-2.0

package import CLinux
import Glibc

/// An IPv4 or IPv6 address with port and scope: plain data of 24 bytes, laid out in memory like `tompion_address_t`
/// (16 address bytes in network order, IPv4 in the first four; scope; port in host order; family 0, 4 or 6).
package struct SocketAddress: Hashable, Sendable, BitwiseCopyable {
  /// The first eight address bytes as they lie in memory.
  package var high: UInt64
  /// The last eight.
  package var low: UInt64
  /// IPv6 scope id (interface index), else 0.
  package var scope: UInt32
  package var port: UInt16
  package var family: Family
  var reserved: UInt8 = 0

  package enum Family: UInt8, Sendable, BitwiseCopyable {
    case none = 0
    case ipv4 = 4
    case ipv6 = 6
  }

  package init(family: Family, high: UInt64, low: UInt64, port: UInt16 = 0, scope: UInt32 = 0) {
    self.family = family
    self.high = high
    self.low = low
    self.port = port
    self.scope = scope
  }

  package static let none = SocketAddress(family: .none, high: 0, low: 0)

  /// a.b.c.d as one number, a in its top byte.
  package init(ipv4 address: UInt32, port: UInt16) {
    self.init(family: .ipv4, high: UInt64(address.bigEndian), low: 0, port: port)
  }

  package static func loopback(_ family: Family, port: UInt16 = 0) -> SocketAddress {
    family == .ipv6
      ? SocketAddress(family: .ipv6, high: 0, low: UInt64(1).bigEndian, port: port)
      : SocketAddress(ipv4: 0x7f00_0001, port: port)
  }

  /// The wildcard address.
  package static func any(_ family: Family, port: UInt16 = 0) -> SocketAddress {
    SocketAddress(family: family, high: 0, low: 0, port: port)
  }

  /// Byte `index` (0...15) of the address, network order.
  @inline(__always)
  package func byte(_ index: Int) -> UInt8 {
    let word = index < 8 ? UInt64(bigEndian: high) : UInt64(bigEndian: low)
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
  }

  package var isWildcard: Bool { high == 0 && low == 0 }

  package var isLoopback: Bool {
    switch family {
    case .none: false
    case .ipv4: byte(0) == 127
    case .ipv6: high == 0 && low == UInt64(1).bigEndian
    }
  }

  /// Whether the first `length` bits agree and the families are equal.
  package func hasPrefix(_ prefix: SocketAddress, length: Int) -> Bool {
    guard family == prefix.family, family != .none else { return false }
    let bits = min(max(length, 0), family == .ipv4 ? 32 : 128)
    let highMask: UInt64 = bits == 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
    let lowMask: UInt64 = bits <= 64 ? 0 : bits >= 128 ? .max : ~(UInt64.max >> UInt64(bits - 64))
    return (UInt64(bigEndian: high) ^ UInt64(bigEndian: prefix.high)) & highMask == 0
      && (UInt64(bigEndian: low) ^ UInt64(bigEndian: prefix.low)) & lowMask == 0
  }

  package func with(port: UInt16) -> SocketAddress {
    var copy = self
    copy.port = port
    return copy
  }

  @inline(__always)
  package init(_ address: clinux_address_t) {
    self.init(
      family: Family(rawValue: address.family) ?? .none, high: address.high, low: address.low, port: address.port,
      scope: address.scope)
  }

  @inline(__always)
  package var c: clinux_address_t {
    clinux_address_t(high: high, low: low, scope: scope, port: port, family: family.rawValue, reserved: 0)
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The address alone: "192.0.2.1", "2001:db8::1", "fe80::1%2".
  package var host: String {
    guard family != .none else { return "" }
    var address = c
    // The fence writes a NUL-terminated text of at most INET6_ADDRSTRLEN (46) bytes.
    let text = unsafe FixedText.read(capacity: 64) { start, count in
      _ = unsafe clinux_address_text(&address, start, count)
    }
    return scope != 0 ? "\(text)%\(scope)" : text
  }

  /// With port: "192.0.2.1:123", "[2001:db8::1]:123".
  package var description: String {
    switch family {
    case .none: "none"
    case .ipv4: "\(host):\(port)"
    case .ipv6: "[\(host)]:\(port)"
    }
  }
}
