// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import Testing

struct SocketAddressTests {
  @Test(arguments: [
    (SocketAddress(ipv4: 0xc000_0201, port: 123), "192.0.2.1:123"),
    (SocketAddress(ipv4: 0x7f00_0001), "127.0.0.1"),
    (SocketAddress(family: .ipv6, low: 1, port: 123), "[::1]:123"),
    (SocketAddress(family: .ipv6, high: 0x2001_0db8_0000_0000, low: 0), "2001:db8::"),
    (SocketAddress(family: .ipv6, high: 0x2001_0db8_0000_0001, low: 0x0001_0000_0000_0001), "2001:db8:0:1:1::1"),
    (SocketAddress(family: .ipv6, high: 0xfe80_0000_0000_0000, low: 2, scope: 3, port: 5), "[fe80::2%3]:5"),
    (SocketAddress(family: .ipv6, high: 0x0001_0002_0003_0004, low: 0x0005_0006_0007_0008), "1:2:3:4:5:6:7:8"),
    (SocketAddress.none, ""),
  ])
  func textAndRoundTrip(_ address: SocketAddress, _ text: String) {
    #expect(address.description == text)
    #expect(SocketAddress(address.abi) == address)
  }

  @Test func bytesAreInNetworkOrder() {
    let abi = SocketAddress(ipv4: 0x0102_0304, port: 5).abi
    #expect(abi.bytes.0 == 1 && abi.bytes.3 == 4 && abi.port == 5 && Int32(abi.family) == TOMPION_FAMILY_IPV4)
    var strange = abi
    strange.family = 77
    #expect(SocketAddress(strange).family == .none)
  }
}
