// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct RefusedClientsTests {
  @Test func countsAndForgetsTheOldest() {
    let table = RefusedClients()
    func client(_ number: Int) -> SocketAddress { SocketAddress(ipv4: 0x0a00_0000 + UInt32(number)) }
    for number in 0..<RefusedClients.capacity { table.note(client(number), now: .init(nanoseconds: Int64(number))) }
    table.note(client(0), now: .init(nanoseconds: 1000))
    // One more client: the one not seen for the longest time, number 1, makes room.
    table.note(client(99), now: .init(nanoseconds: 1001))
    let entries = table.entries()
    #expect(entries.count == RefusedClients.capacity)
    #expect(entries[0].address == client(99) && entries[0].count == 1)
    #expect(entries[1].address == client(0) && entries[1].count == 2)
    #expect(!entries.contains { $0.address == client(1) })
  }

  @Test func portsDoNotMatterButFamiliesDo() {
    let table = RefusedClients()
    table.note(SocketAddress(ipv4: 0x0a00_0001, port: 1), now: .init(nanoseconds: 1))
    table.note(SocketAddress(ipv4: 0x0a00_0001, port: 2), now: .init(nanoseconds: 2))
    table.note(SocketAddress(family: .ipv6, high: 0x0a00_0001 << 32), now: .init(nanoseconds: 3))
    #expect(table.entries().map(\.count) == [1, 2])
  }
}
