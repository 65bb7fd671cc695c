// SPDX-License-Identifier: Apache-2.0

import CSystemCallFilter
import CTompionProvider
import Glibc
import NTPServer
import Testing
import TimeTypes

@testable import LinuxKernel
@testable import ProviderHost
@testable import Runtime

/// A provider whose sockets are to poll a card's queue, where the kernel refuses that: said once, and it serves all the same.
@Suite struct BusyPollWarningTests {
  /// What the provider's host told of two sockets of the loopback interface, and how long its loop would spin.
  private static func messages(_ entries: [InterfaceBusyPoll]) throws -> [String] {
    let clocks = KernelClocks(VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource)
    let loop = ProviderLoop(loop: .poll(try PollLoop(capacity: 8)), clocks: clocks)
    loop.loop.interfaceBusyPoll = entries
    let backend = try KernelBackend(number: 44, loop: loop.loop, clocks: clocks, clockPage: ClockPage.forTests)
    loop.add(backend)
    let outbox = ProviderOutbox(number: 44)
    let instance = try ProviderInstance(
      module: try ProviderModule(path: "built in", pointer: ntpServerModule()), provider: "ntp-server",
      backend: backend, outbox: outbox)
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    let ports = try (0..<2).map { _ in try UDPSocket(options).local.port }
    try instance.initialize(
      settings: ports.enumerated().map {
        ProviderSetting(path: "listen[\($0.offset)]", value: .string("127.0.0.1:\($0.element)"))
      })
    try instance.start()
    var texts: [String] = []
    while let message = outbox.messages.next() { texts.append("\(message)") }
    instance.close()
    return texts.filter { $0.contains("SO_BUSY_POLL") }
  }

  @Test func oneWarningWithTheRemedyForTheInterfacesThatAskForIt() throws {
    nonisolated(unsafe) var filter: Int32 = 0
    nonisolated(unsafe) var told: [[String]] = []
    nonisolated(unsafe) var failure: String?
    let thread = try RoleThread(RoleThreadOptions(name: "poor")) {
      filter = system_call_filter_refuse_busy_poll(EPERM)
      do {
        told.append(try Self.messages([InterfaceBusyPoll(name: "lo", microseconds: 20)]))
        told.append(try Self.messages([InterfaceBusyPoll(name: "eth-none", microseconds: 20)]))
        told.append(try Self.messages([]))
      } catch {
        failure = "\(error)"
      }
    }
    thread.join()
    #expect(failure == nil)
    guard filter == 0 else {
      try Test.cancel("no seccomp filter here")
    }
    #expect(told.map(\.count) == [1, 0, 0], "\(told)")
    #expect(told.first?.first?.contains("net.core.busy_read = 20") == true, "\(told)")
  }
}
