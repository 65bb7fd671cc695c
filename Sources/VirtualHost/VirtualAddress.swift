// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider

/// An address on the virtual network, with a port; hashable, unlike the ABI's.
package struct VirtualAddress: Hashable, Sendable {
  /// TOMPION_FAMILY_*.
  package var family: UInt8
  /// The bytes in network order, read as two big-endian words; IPv4 in the upper half of `high`.
  package var high: UInt64
  package var low: UInt64
  package var port: UInt16

  package init(family: UInt8 = 0, high: UInt64 = 0, low: UInt64 = 0, port: UInt16 = 0) {
    self.family = family
    self.high = high
    self.low = low
    self.port = port
  }

  package static func ipv4(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16 = 0) -> VirtualAddress {
    let bits = UInt64(a) << 24 | UInt64(b) << 16 | UInt64(c) << 8 | UInt64(d)
    return VirtualAddress(family: UInt8(TOMPION_FAMILY_IPV4), high: bits << 32, port: port)
  }

  package static func ipv6(_ high: UInt64, _ low: UInt64, port: UInt16 = 0) -> VirtualAddress {
    VirtualAddress(family: UInt8(TOMPION_FAMILY_IPV6), high: high, low: low, port: port)
  }

  /// Dotted IPv4 without a port; nil = it is something else. (Names of IPv6 addresses go into `VirtualWorld.names`.)
  package init?(numeric text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4, let a = parts[0], let b = parts[1], let c = parts[2], let d = parts[3] else { return nil }
    self = .ipv4(a, b, c, d)
  }

  package init(_ address: tompion_address_t) {
    family = address.family
    port = address.port
    // Sound: 16 plain bytes as two words.
    (high, low) = unsafe withUnsafeBytes(of: address.bytes) {
      unsafe (
        UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  package var abi: tompion_address_t {
    var address = tompion_address_t()
    address.family = family
    address.port = port
    // Sound: 16 plain bytes as two words.
    unsafe withUnsafeMutableBytes(of: &address.bytes) {
      unsafe $0.storeBytes(of: high.bigEndian, as: UInt64.self)
      unsafe $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }

  /// The unspecified address of its family, or none at all.
  package var isAny: Bool { high == 0 && low == 0 }

  /// 127.0.0.0/8 or ::1.
  package var isLoopback: Bool {
    family == UInt8(TOMPION_FAMILY_IPV4) ? high >> 56 == 127 : high == 0 && low == 1
  }

  package func with(port: UInt16) -> VirtualAddress {
    var copy = self
    copy.port = port
    return copy
  }

  /// The same host, whatever the port.
  package func isSameHost(as other: VirtualAddress) -> Bool { with(port: 0) == other.with(port: 0) }
}
