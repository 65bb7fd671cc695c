// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import NTPClient

/// Whom a host says it follows (RFC 5905, section 7.3), and the loop test that rests on it.
struct ReferenceIDTests {
  /// 2001:db8::1.
  static let documentation = SocketAddress(family: .ipv6, high: 0x2001_0db8_0000_0000, low: 1, port: 123)

  @Test func ofAnAddress() {
    #expect(SocketAddress.none.referenceID == .none)
    #expect(SocketAddress(ipv4: 0xc000_0201, port: 123).referenceID == ReferenceID(rawValue: 0xc000_0201))
    // printf '\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01' | md5sum
    #expect(Self.documentation.referenceID == ReferenceID(rawValue: 0x39ab_9b37))
    var elsewhere = Self.documentation
    (elsewhere.port, elsewhere.scope) = (11_123, 4)
    #expect(elsewhere.referenceID == Self.documentation.referenceID)
  }

  @Test func aSampleNamesTheServerAndTheSourceItsReference() {
    for server in [SocketAddress(ipv4: 0xc000_0201), Self.documentation] {
      var driver = AssociationDriver()
      driver.addresses = AddressList()
      driver.addresses.append(server)
      driver.start()
      driver.run(samples: 1)
      #expect(driver.samples.map(\.referenceID) == [server.referenceID])
      #expect(driver.state.server.referenceID == ReferenceID(rawValue: 0xc633_6401))
    }
  }

  @Test func loopback() {
    #expect(SocketAddress(ipv4: 0x7f00_0001).isLoopback && SocketAddress(ipv4: 0x7fff_ffff).isLoopback)
    #expect(!SocketAddress(ipv4: 0x8000_0001).isLoopback && !SocketAddress.none.isLoopback)
    #expect(SocketAddress(family: .ipv6, low: 1).isLoopback && !SocketAddress(family: .ipv6, low: 2).isLoopback)
    #expect(SocketAddress(family: .ipv6, low: 0xffff_7f00_0001).isLoopback)
    #expect(!SocketAddress(family: .ipv6, low: 0xffff_c000_0201).isLoopback)
    #expect(!SocketAddress(family: .ipv6, high: 1, low: 1).isLoopback)
  }

  @Test(arguments: [
    (SocketAddress(ipv4: 0xc000_0264), UInt8(2), true), (documentation, 2, true), (documentation, 1, false),
    // On loopback every server is at one address: a chain there is no loop.
    (SocketAddress(ipv4: 0x7f00_0001), 2, false), (SocketAddress(family: .ipv6, low: 1), 2, false),
  ])
  func aServerThatFollowsUsIsALoop(local: SocketAddress, stratum: UInt8, isLoop: Bool) {
    var driver = AssociationDriver()
    driver.local = local
    driver.start()
    driver.untilRequest()
    var bytes = driver.reply()
    bytes[1] = stratum
    bytes.put(local.referenceID.rawValue, at: 12)
    driver.arrive(bytes)
    #expect(driver.association.counters[.loop] == (isLoop ? 1 : 0))
    #expect(driver.samples.count == (isLoop ? 0 : 1))
  }
}
