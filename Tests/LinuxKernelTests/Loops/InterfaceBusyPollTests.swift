// SPDX-License-Identifier: Apache-2.0

import CSystemCallFilter
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct InterfaceBusyPollTests {
  private static func interface(
    _ name: String, _ index: UInt32, _ address: SocketAddress, _ length: Int, isLoopback: Bool = false
  ) -> NetworkInterface {
    NetworkInterface(
      name: name, index: index, address: address, prefixLength: length, isUp: true, isLoopback: isLoopback)
  }

  private static let linkLocal = SocketAddress(family: .ipv6, high: UInt64(0xfe80_0000_0000_0000).bigEndian, low: 1)
  private static let host = [
    interface("lo", 1, .loopback(.ipv4), 8, isLoopback: true),
    interface("eth0", 2, SocketAddress(ipv4: 0xc000_0201, port: 0), 24),
    interface("eth1", 3, SocketAddress(ipv4: 0xc633_6401, port: 0), 24),
    interface("eth0", 2, linkLocal, 64), interface("eth1", 3, linkLocal, 64),
  ]
  private static let entries = [
    InterfaceBusyPoll(name: "eth0", microseconds: 50), InterfaceBusyPoll(name: "eth1", microseconds: 0),
  ]

  @Test func aSocketIsOfTheInterfaceThatHasItsAddress() {
    var table = BusyPollTable(Self.entries, otherwise: 7) { Self.host }
    #expect(table.microseconds(local: SocketAddress(ipv4: 0xc000_0201, port: 4711)) == 50)
    #expect(table.microseconds(local: SocketAddress(ipv4: 0xc633_6401, port: 4711)) == 0)
    #expect(table.microseconds(local: SocketAddress(ipv4: 0x7f00_0105, port: 1)) == 7)
    #expect(table.microseconds(local: SocketAddress(ipv4: 0x0a00_0001, port: 1)) == 7)
    var scoped = Self.linkLocal
    scoped.scope = 3
    #expect(table.microseconds(local: scoped) == 0)
    scoped.scope = 2
    #expect(table.microseconds(local: scoped) == 50)
  }

  @Test func boundToAnInterfaceItIsThatOnes() {
    var table = BusyPollTable(Self.entries, otherwise: 7) { Self.host }
    #expect(table.microseconds(local: .any(.ipv4, port: 123), interface: "eth1") == 0)
    #expect(table.microseconds(local: .any(.ipv4, port: 123), interface: "eth0") == 50)
    #expect(table.microseconds(local: .any(.ipv4, port: 123), interface: "wlan0") == 7)
  }

  @Test func theWildcardHearsAllAndTakesTheLongest() {
    var table = BusyPollTable(Self.entries, otherwise: 7) { Self.host }
    #expect(table.microseconds(local: .any(.ipv6, port: 123)) == 50)
    var others = BusyPollTable(Self.entries + [InterfaceBusyPoll(name: "*", microseconds: 90)], otherwise: 7) {
      Self.host
    }
    #expect(others.microseconds(local: .any(.ipv4)) == 90)
    #expect(others.microseconds(local: .loopback(.ipv4)) == 90)
  }

  @Test func anAddressIsLookedUpOnceAndWithoutEntriesNever() {
    nonisolated(unsafe) var calls = 0
    var table = BusyPollTable(Self.entries, otherwise: 0) {
      calls += 1
      return Self.host
    }
    for port in 1...10 as ClosedRange<UInt16> {
      #expect(table.microseconds(local: SocketAddress(ipv4: 0xc000_0201, port: port)) == 50)
    }
    #expect(calls == 1)
    var plain = BusyPollTable([], otherwise: 5) {
      calls += 1
      return Self.host
    }
    #expect(plain.microseconds(local: .loopback(.ipv4)) == 5 && calls == 1)
  }

  /// The loop spins while the socket is open, and not after it: a busy host gives it a part of 15 ms only, a loop that sleeps takes 0.1.
  @Test(arguments: LoopKind.rich)
  func theLoopSpinsForASocketThatAsksForIt(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    let loop = try kind.make(capacity: 2)
    let error = pair.server.pollBusily(microseconds: 20_000)
    // Older kernels want CAP_NET_ADMIN for it, those without CONFIG_NET_RX_BUSY_POLL do not know it.
    #expect([0, EPERM, ENOPROTOOPT].contains(error), "errno \(error)")
    try loop.add(pair.server, token: 1)
    let before = processorTime()
    try loop.wait(until: RawClock.now() + .milliseconds(15))
    #expect(processorTime() - before > 1_500_000, "it slept")
    while loop.next() != nil {}
    loop.remove(pair.server)
    let after = processorTime()
    try loop.wait(until: RawClock.now() + .milliseconds(15))
    #expect(processorTime() - after < 1_500_000, "it spun for nobody")
  }

  /// Of this thread, ns.
  private func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  @Test func whatTheKernelRefusesIsSaidWithItsRemedyAndTheLoopSpins() throws {
    nonisolated(unsafe) var error: Int32 = 0
    nonisolated(unsafe) var filter: Int32 = 0
    let pair = try Loopback(.ipv4, LoopKind.full)
    nonisolated(unsafe) let server = pair.server
    try RoleThread(RoleThreadOptions(name: "poor")) {
      filter = system_call_filter_refuse_busy_poll(EPERM)
      error = server.pollBusily(microseconds: 50)
    }.join()
    guard filter == 0 else {
      try Test.cancel("no seccomp filter here")
    }
    #expect(error == EPERM && server.busyPoll == 50_000)
    let text = BusyPollTable.refusal(EPERM, microseconds: 50)
    #expect(text.contains("net.core.busy_read = 50") && text.contains("CAP_NET_ADMIN"), "\(text)")
  }
}
