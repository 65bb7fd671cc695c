// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct DailyAddressesTests {
  private let start = RawInstant(nanoseconds: 0)

  @Test func anAddressIsToldOnceADay() {
    var addresses = DailyAddresses()
    let peer = SocketAddress(ipv4: 0x0a00_0001, port: 1)
    #expect(addresses.isNew(peer, now: start) == true)
    #expect(addresses.isNew(peer.with(port: 2), now: start + .seconds(86_399)) == false)
    #expect(addresses.isNew(peer, now: start + .seconds(86_400)) == true)
    #expect(addresses.isNew(SocketAddress(ipv4: 0x0a00_0002), now: start) == true)
  }

  @Test func madeUpAddressesDoNotFillTheLog() {
    var addresses = DailyAddresses()
    let told = (0..<10_000 as Range<UInt32>).filter { addresses.isNew(SocketAddress(ipv4: $0), now: start) }
    #expect(told.count == DailyAddresses.hourly)
    #expect(addresses.isNew(SocketAddress(ipv4: 99_999), now: start + .seconds(3600)) == true)
  }
}
