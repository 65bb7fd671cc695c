// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

/// Who is served: prefixes and interfaces, allowed or denied.
///
/// The longest prefix that holds the peer decides; of two equally long ones, deny does. An interface allows less strongly than any
/// prefix but stronger than the defaults, and denies everything that comes in by it. What no rule holds is refused, except
/// loopback (127.0.0.0/8, ::1), or a whole family by `serve_ipv4_by_default` and `serve_ipv6_by_default`. IPv4 peers that a
/// dual-stack socket shows as ::ffff:a.b.c.d are IPv4 peers. Immutable; `allows` neither allocates nor locks. [any]
package final class AccessList: Sendable {
  package struct Prefix: Hashable, Sendable, BitwiseCopyable {
    /// 128 bits, IPv4 as ::ffff:a.b.c.d.
    package var high: UInt64
    package var low: UInt64
    /// 0 to 128; IPv4's plus 96.
    package var length: Int

    /// `length` counts in the address's own family; bits beyond it are cleared. Nil = too long, or no address.
    package init?(_ address: SocketAddress, length: Int) {
      let offset: Int
      switch address.family {
      case .none: return nil
      case .ipv4: offset = 96
      case .ipv6: offset = 0
      }
      guard length >= 0, length + offset <= 128 else { return nil }
      self.length = length + offset
      let bits = AccessList.mapped(address)
      high = bits.high & AccessList.mask(self.length)
      low = bits.low & AccessList.mask(self.length - 64)
    }

    @inline(__always)
    func holds(_ high: UInt64, _ low: UInt64) -> Bool {
      high & AccessList.mask(length) == self.high && low & AccessList.mask(length - 64) == self.low
    }
  }

  package struct Rule: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
      case prefix(Prefix)
      case interface(UInt32)
      /// Every address of both families.
      case all
    }
    package var subject: Subject
    package var allows: Bool

    package init(_ subject: Subject, allows: Bool) {
      self.subject = subject
      self.allows = allows
    }
  }

  /// Longest first, deny before allow.
  private let prefixes: [(prefix: Prefix, allows: Bool)]
  private let allowedInterfaces: [UInt32]
  private let deniedInterfaces: [UInt32]
  /// What `all` says, nil = nothing.
  private let everyone: Bool?
  private let ipv4ByDefault: Bool
  private let ipv6ByDefault: Bool

  package init(_ rules: [Rule] = [], ipv4ByDefault: Bool = false, ipv6ByDefault: Bool = false) {
    var prefixes: [(prefix: Prefix, allows: Bool)] = []
    var allowed: [UInt32] = []
    var denied: [UInt32] = []
    var everyone: Bool?
    for rule in rules {
      switch rule.subject {
      case .prefix(let prefix): prefixes.append((prefix, rule.allows))
      case .interface(let index): if rule.allows { allowed.append(index) } else { denied.append(index) }
      case .all: everyone = (everyone ?? true) && rule.allows
      }
    }
    for loopback in [
      Prefix(SocketAddress(ipv4: 0x7f00_0000), length: 8),
      Prefix(SocketAddress(family: .ipv6, low: 1), length: 128),
    ] {
      // An operator's own rule of the same prefix stands.
      if let loopback, !prefixes.contains(where: { $0.prefix == loopback }) { prefixes.append((loopback, true)) }
    }
    self.prefixes = prefixes.sorted {
      $0.prefix.length != $1.prefix.length ? $0.prefix.length > $1.prefix.length : !$0.allows && $1.allows
    }
    allowedInterfaces = allowed
    deniedInterfaces = denied
    self.everyone = everyone
    self.ipv4ByDefault = ipv4ByDefault
    self.ipv6ByDefault = ipv6ByDefault
  }

  /// Whether a peer that came in by that interface (0 = not known) is served. [any]
  package func allows(_ peer: SocketAddress, interface: UInt32) -> Bool {
    guard peer.family != .none else { return false }
    for index in 0..<deniedInterfaces.count where deniedInterfaces[index] == interface { return false }
    let (high, low) = Self.mapped(peer)
    for index in 0..<prefixes.count where prefixes[index].prefix.holds(high, low) { return prefixes[index].allows }
    for index in 0..<allowedInterfaces.count where allowedInterfaces[index] == interface && interface != 0 {
      return true
    }
    if let everyone { return everyone }
    return high == 0 && low >> 32 == 0xffff ? ipv4ByDefault : ipv6ByDefault
  }

  /// The address as 128 bits, IPv4 mapped.
  static func mapped(_ address: SocketAddress) -> (high: UInt64, low: UInt64) {
    address.family == .ipv4 ? (0, 0xffff << 32 | UInt64(address.ipv4)) : (address.high, address.low)
  }

  /// The upper `bits` of a word: all zero at 0 and below, all one from 64 on.
  @inline(__always)
  static func mask(_ bits: Int) -> UInt64 {
    bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
  }
}
