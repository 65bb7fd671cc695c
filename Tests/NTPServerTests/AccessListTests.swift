// SPDX-License-Identifier: Apache-2.0

import Addresses
import ProviderKit
import TestSupport
import Testing

@testable import NTPServer

@Suite struct AccessListTests {
  static func address(_ text: String) -> SocketAddress { NumericAddress(text).map { SocketAddress($0) } ?? .none }

  static func rule(_ text: String, allows: Bool = true) -> AccessList.Rule {
    switch ServerSettings.subject(text) {
    case .prefix(let prefix): .init(.prefix(prefix), allows: allows)
    default: .init(.all, allows: allows)
    }
  }

  @Test func closedButForLoopback() {
    let list = AccessList()
    for text in ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"] {
      #expect(list.allows(Self.address(text), interface: 1), "\(text)")
    }
    for text in ["10.0.0.1", "126.255.255.255", "128.0.0.0", "::2", "2001:db8::1", "::ffff:10.0.0.1", "::"] {
      #expect(!list.allows(Self.address(text), interface: 1), "\(text)")
    }
    #expect(!list.allows(.none, interface: 1))
  }

  @Test func longestPrefixDecides() {
    let list = AccessList([
      Self.rule("10.0.0.0/8"), Self.rule("10.1.0.0/16", allows: false), Self.rule("10.1.2.3"),
      Self.rule("2001:db8::/32"), Self.rule("2001:db8:1::/48", allows: false), Self.rule("10.7.0.0/16"),
      Self.rule("10.7.0.0/16", allows: false),
    ])
    func allows(_ text: String) -> Bool { list.allows(Self.address(text), interface: 2) }
    #expect(allows("10.200.0.1") && !allows("10.1.2.4") && allows("10.1.2.3"))
    #expect(allows("::ffff:10.1.2.3") && !allows("::ffff:10.1.2.4"))
    #expect(allows("2001:db8:2::9") && !allows("2001:db8:1::9") && !allows("2001:db9::1"))
    #expect(!allows("10.7.1.1"), "of two equally long rules deny is the stronger")
    // An IPv6 address that merely begins like one of the IPv4 prefixes is not it.
    #expect(!allows("a00::1"))
  }

  @Test func allAndDefaults() {
    #expect(AccessList([Self.rule("all")]).allows(Self.address("192.0.2.1"), interface: 0))
    let denied = AccessList([Self.rule("all"), Self.rule("all", allows: false)])
    #expect(!denied.allows(Self.address("192.0.2.1"), interface: 0))
    #expect(denied.allows(Self.address("127.0.0.1"), interface: 0), "loopback is a longer prefix than all")
    #expect(!AccessList([Self.rule("127.0.0.0/8", allows: false)]).allows(Self.address("127.0.0.1"), interface: 1))
    let ipv4 = AccessList([], ipv4ByDefault: true)
    #expect(
      ipv4.allows(Self.address("192.0.2.1"), interface: 0) && !ipv4.allows(Self.address("2001:db8::1"), interface: 0))
    #expect(ipv4.allows(Self.address("::ffff:192.0.2.1"), interface: 0))
    let ipv6 = AccessList([], ipv6ByDefault: true)
    #expect(
      !ipv6.allows(Self.address("192.0.2.1"), interface: 0) && ipv6.allows(Self.address("2001:db8::1"), interface: 0))
  }

  @Test func interfaces() {
    let list = AccessList([
      .init(.interface(2), allows: true), .init(.interface(3), allows: false), Self.rule("10.0.0.0/8"),
      Self.rule("192.0.2.0/24", allows: false),
    ])
    #expect(list.allows(Self.address("198.51.100.1"), interface: 2))
    #expect(!list.allows(Self.address("198.51.100.1"), interface: 4))
    #expect(!list.allows(Self.address("198.51.100.1"), interface: 0), "an unknown interface is none of the list's")
    #expect(!list.allows(Self.address("192.0.2.1"), interface: 2), "a prefix is stronger than an interface that allows")
    #expect(!list.allows(Self.address("10.0.0.1"), interface: 3), "an interface that denies is stronger than a prefix")
  }

  @Test func agreesWithBitByBitComparison() {
    var generator = SeededGenerator(seed: 77)
    func bits(_ address: SocketAddress) -> [Bool] {
      let (high, low) = AccessList.mapped(address)
      return [high, low].flatMap { word in (0..<64).map { word >> UInt64(63 - $0) & 1 == 1 } }
    }
    for _ in 0..<2000 {
      let base = SocketAddress(family: .ipv6, high: generator.next(), low: generator.next())
      let length = Int(generator.next() % 129)
      guard let prefix = AccessList.Prefix(base, length: length) else { continue }
      var other = base
      let flipped = Int(generator.next() % 128)
      if flipped < 64 { other.high ^= 1 << UInt64(63 - flipped) } else { other.low ^= 1 << UInt64(127 - flipped) }
      let expected = bits(base)[..<length] == bits(other)[..<length]
      #expect(prefix.holds(other.high, other.low) == expected)
    }
  }
}
