// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxKernel

@Suite struct SocketAddressTests {
  @Test func hasTheLayoutOfTheABI() {
    #expect(MemoryLayout<SocketAddress>.size == 24)
    #expect(MemoryLayout<SocketAddress>.offset(of: \.scope) == 16)
    #expect(MemoryLayout<SocketAddress>.offset(of: \.port) == 20)
    #expect(MemoryLayout<SocketAddress>.offset(of: \.family) == 22)
  }

  @Test func textAndBytes() {
    let four = SocketAddress(ipv4: 0xc000_0201, port: 123)
    #expect(four.description == "192.0.2.1:123")
    #expect((0..<4).map(four.byte) == [192, 0, 2, 1])
    #expect(SocketAddress.loopback(.ipv6, port: 1).description == "[::1]:1")
    #expect(SocketAddress.loopback(.ipv6).byte(15) == 1)
    let scoped = SocketAddress(
      family: .ipv6, high: UInt64(0xfe80_0000_0000_0000).bigEndian, low: UInt64(1).bigEndian, scope: 3)
    #expect(scoped.host == "fe80::1%3")
  }

  @Test func prefixes() {
    let net = SocketAddress(ipv4: 0xc000_0200, port: 0)
    #expect(SocketAddress(ipv4: 0xc000_02ff, port: 9).hasPrefix(net, length: 24))
    #expect(!SocketAddress(ipv4: 0xc000_0300, port: 9).hasPrefix(net, length: 24))
    #expect(SocketAddress(ipv4: 0xc000_0300, port: 9).hasPrefix(net, length: 23))
    #expect(SocketAddress(ipv4: 1, port: 9).hasPrefix(net, length: 0))
    #expect(!SocketAddress.loopback(.ipv6).hasPrefix(net, length: 0))
    #expect(SocketAddress.loopback(.ipv6).hasPrefix(.loopback(.ipv6), length: 128))
    #expect(!SocketAddress.loopback(.ipv6).hasPrefix(.any(.ipv6), length: 128))
    #expect(SocketAddress.loopback(.ipv6).hasPrefix(.any(.ipv6), length: 127))
  }
}
