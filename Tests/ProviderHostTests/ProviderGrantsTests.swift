// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Testing

@testable import ProviderHost

@Suite struct ProviderGrantsTests {
  func grants(
    _ texts: [String] = [], numbers: [Int64] = [], defaults: [String] = [], isOwn: Bool = false
  ) -> ProviderGrants {
    ProviderGrants(
      settings: texts.map { ProviderSetting(path: "x", value: .string($0)) }
        + numbers.map { ProviderSetting(path: "port", value: .integer($0)) },
      schema: defaults.map { ProviderSchemaEntry(path: "d", kind: .string, description: "", defaultText: $0) },
      isOwn: isOwn)
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
    #expect(grants(defaults: ["0.0.0.0:123, [::]:123"], isOwn: true).permit(server(123)))
    #expect(
      !grants(defaults: ["0.0.0.0:123, [::]:123"]).permit(server(123)), "what a stranger says of itself is no grant")
    #expect(!grants(["0.0.0.0:1123"]).permit(server(123)))
    #expect(!grants(["123"]).permit(server(124)))
    #expect(!grants().permit(server(123)))
    #expect(!grants().permit(server(0)), "not even one of the system's choice")
  }

  @Test func onlyOursShareAPort() {
    var options = server(123)
    options.sharePort = true
    #expect(grants(["0.0.0.0:123"], isOwn: true).permit(options))
    #expect(!grants(["0.0.0.0:123"]).permit(options))
  }

  @Test func anyNumberIsNoPort() {
    let poll = ProviderGrants(settings: [ProviderSetting(path: "source[0].port", value: .integer(123))], schema: [])
    #expect(!poll.permit(server(123)), "the port of a server it asks is none to listen at")
  }

  @Test func aUnitOfSharedMemoryIsAPath() {
    let grants = ProviderGrants(settings: [ProviderSetting(path: "source[0].shm", value: .integer(2))], schema: [])
    #expect(grants.permits(path: "shm:2") && !grants.permits(path: "shm:0") && !grants.permits(path: "shm:22"))
    let other = ProviderGrants(settings: [ProviderSetting(path: "source[0].port", value: .integer(2))], schema: [])
    #expect(!other.permits(path: "shm:2"))
  }

  @Test func whatBendsTheSelectionIsTheOperatorsToGive() {
    var info = tompion_source_info_t()
    let all = TOMPION_SOURCE_PREFER | TOMPION_SOURCE_TRUST | TOMPION_SOURCE_REQUIRE | TOMPION_SOURCE_RELIABLE
    info.flags = UInt32(all | TOMPION_SOURCE_NOSELECT)
    #expect(grants().granted(info).flags == UInt32(TOMPION_SOURCE_NOSELECT))
    let trusted = ProviderGrants(
      settings: [ProviderSetting(path: "source[1].trust", value: .boolean(true))], schema: [])
    #expect(trusted.granted(info).flags == UInt32(TOMPION_SOURCE_NOSELECT | TOMPION_SOURCE_TRUST))
    #expect(grants().sourceLimit == ProviderGrants.usualSources)
    #expect(grants().voteLimit == 1 && trusted.voteLimit == 1 && grants(isOwn: true).voteLimit == .max)
    info.flags = 0
    #expect(grants().granted(info, votes: false).flags == UInt32(TOMPION_SOURCE_NOSELECT))
    let watched = ProviderGrants(settings: [ProviderSetting(path: "noselect", value: .boolean(true))], schema: [])
    #expect(watched.granted(info).flags == UInt32(TOMPION_SOURCE_NOSELECT))
  }

  @Test func whatAStrangerProvesIsTheOperatorsToBelieve() {
    var info = tompion_source_info_t()
    let proving = UInt32(TOMPION_SOURCE_AUTHENTICATED | TOMPION_SOURCE_MUST_AUTHENTICATE)
    info.flags = proving
    info.reserved = (1, 2, 3, 4, 5, 6)
    let stripped = grants().granted(info)
    #expect(stripped.flags == 0 && stripped.reserved.0 == 0 && stripped.reserved.1 == 0 && stripped.reserved.5 == 0)
    #expect(grants(isOwn: true).granted(info).flags == proving && grants(isOwn: true).granted(info).reserved.5 == 6)
    let believed = ProviderGrants(
      settings: [ProviderSetting(path: "authenticated", value: .boolean(true))], schema: [])
    #expect(believed.granted(info).flags == proving && believed.granted(info).reserved.0 == 1)
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
