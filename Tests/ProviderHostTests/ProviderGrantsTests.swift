// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Testing

@testable import ProviderHost

@Suite struct ProviderGrantsTests {
  func grants(_ texts: [String] = [], numbers: [Int64] = [], defaults: [String] = []) -> ProviderGrants {
    ProviderGrants(
      settings: texts.map { ProviderSetting(path: "x", value: .string($0)) }
        + numbers.map { ProviderSetting(path: "n", value: .integer($0)) },
      schema: defaults.map { ProviderSchemaEntry(path: "d", kind: .string, description: "", defaultText: $0) })
  }

  func server(_ port: UInt16) -> UDPSocketOptions {
    var options = UDPSocketOptions()
    options.local = .any(.ipv4, port: port)
    return options
  }

  func client(_ peer: SocketAddress, from port: UInt16 = 0) -> UDPSocketOptions {
    var options = UDPSocketOptions()
    options.local = .any(peer.family, port: port)
    options.peer = peer
    return options
  }

  @Test func portsAreThoseOfTheSettings() {
    #expect(grants(["0.0.0.0:123"]).permit(server(123)))
    #expect(grants(["[::]:123%eth0"]).permit(server(123)))
    #expect(grants(numbers: [1123]).permit(server(1123)))
    #expect(grants(defaults: ["0.0.0.0:123, [::]:123"]).permit(server(123)))
    #expect(!grants(["0.0.0.0:1123"]).permit(server(123)))
    #expect(!grants(["123"]).permit(server(124)))
    #expect(!grants().permit(server(123)))
    #expect(!grants().permit(server(0)), "not even one of the system's choice")
  }

  @Test func peersAreWhereGrantedNamesLead() {
    let peer = SocketAddress(ipv4: 0xc000_0201, port: 123)
    var some = grants(["time.example.net"])
    #expect(some.permits(name: "time.example.net"))
    #expect(!some.permits(name: "example.net") && !some.permits(name: "") && !some.permits(name: "evil.example"))
    #expect(!some.permit(client(peer)))
    some.note(SocketAddress(ipv4: 0xc000_0201, port: 0))
    #expect(some.permit(client(peer)))
    #expect(!some.permit(client(SocketAddress(ipv4: 0xc000_0202, port: 123))))
    #expect(!some.permit(client(peer, from: 123)), "a local port has to be granted, too")
  }

  @Test func namesMayStandBeforeAPort() {
    #expect(grants(["time.example.net:1123"]).permits(name: "time.example.net"))
    #expect(grants(["[2001:db8::1]:123"]).permits(name: "2001:db8::1"))
  }

  @Test func pathsAreTakenAsWritten() {
    #expect(grants(["/dev/ttyS0"]).permits(path: "/dev/ttyS0"))
    #expect(!grants(["/dev/ttyS0"]).permits(path: "/dev/ttyS1"))
    #expect(!grants(["/dev/ttyS0"]).permits(path: "/dev//ttyS0"))
    #expect(!grants([""]).permits(path: ""))
  }

  @Test func onlySoManyAddressesAreRemembered() {
    var some = grants(["a.example"])
    for number in 0..<UInt32(ProviderGrants.addressLimit + 1) { some.note(SocketAddress(ipv4: number + 1, port: 0)) }
    #expect(some.permit(client(SocketAddress(ipv4: 1, port: 123))))
    #expect(!some.permit(client(SocketAddress(ipv4: UInt32(ProviderGrants.addressLimit + 1), port: 123))))
  }
}
