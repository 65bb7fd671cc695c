// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import NTPServer
import Testing
import TimeTypes

@testable import LinuxKernel
@testable import ProviderHost
@testable import Runtime

/// Several workers of one server: each answers, they end when it stops, and the ports are free then.
@Suite struct ReceiveWorkerTests {
  final class Server {
    let loop: ProviderLoop
    let instance: ProviderInstance
    let backend: KernelBackend
    let port: UInt16

    init(workers: Int64, more: [ProviderSetting] = []) throws {
      var options = UDPSocketOptions()
      options.local = .loopback(.ipv4)
      port = try UDPSocket(options).local.port
      let clocks = KernelClocks(VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource)
      loop = ProviderLoop(loop: .poll(try PollLoop(capacity: 8)), clocks: clocks)
      backend = try KernelBackend(number: 43, loop: loop.loop, clocks: clocks, clockPage: ClockPage.forTests)
      loop.add(backend)
      instance = try ProviderInstance(
        module: try ProviderModule(path: "built in", pointer: ntpServerModule()), provider: "ntp-server",
        backend: backend, outbox: ProviderOutbox(number: 43))
      try instance.initialize(
        settings: [
          ProviderSetting(path: "listen", value: .string("127.0.0.1:\(port)")),
          ProviderSetting(path: "workers", value: .integer(workers)),
        ] + more)
    }

    /// One request from each of so many ports; how many were answered.
    func ask(_ clients: Int, within: TimeInterval = .milliseconds(90)) throws -> Int {
      var options = UDPSocketOptions()
      options.peer = .loopback(.ipv4, port: port)
      let request = try PacketBuffer(slots: 1, capacity: 64)
      var sockets: [UDPSocket] = []
      for _ in 0..<clients {
        let socket = try UDPSocket(options)
        request.bytes(0)[0] = 0x23
        request.prepare(0, length: 48)
        _ = socket.send(request, count: 1)
        sockets.append(socket)
      }
      let limit = RawClock.now() + within
      var answered = Set<Int>()
      while answered.count < clients, RawClock.now() < limit {
        try loop.run(until: RawClock.now() + .milliseconds(1))
        for index in 0..<clients where (try? sockets[index].receive(into: request)) ?? 0 > 0 { answered.insert(index) }
      }
      return answered.count
    }
  }

  @Test func eachOfThemAnswers() throws {
    let server = try Server(workers: 3)
    #expect(server.backend.others.isEmpty, "nothing runs before the start")
    try server.instance.start()
    #expect(server.backend.others.count == 2)
    // The kernel spreads 64 ports over three sockets: that one of them gets none happens once in 10¹¹.
    #expect(try server.ask(64) == 64)
    for worker in 0..<3 {
      let calls = server.instance.callCount(worker: worker)
      #expect(calls > 0 && calls & 1 == 0, "worker \(worker) was called and has returned")
    }
    server.instance.stop()
    #expect(server.backend.others.isEmpty)
    #expect(try server.ask(4, within: .milliseconds(30)) == 0, "a stopped server is silent")
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4, port: server.port)
    #expect((try? UDPSocket(options)) != nil, "the port is free")
    server.instance.close()
  }

  @Test func refusedClientsAreReportedByTheOwner() throws {
    let server = try Server(
      workers: 3, more: [ProviderSetting(path: "deny[0]", value: .string("127.0.0.0/8"))])
    try server.instance.start()
    #expect(!server.backend.polling)
    #expect(try server.ask(64) == 0)
    for worker in 0..<3 { #expect(server.instance.callCount(worker: worker) > 0) }
    #expect(server.backend.polling, "the owner was asked for a poll, whoever refused first")
    #expect(server.instance.outbox.counters.misbehaviour == 0, "no worker called what is the owner's")
    server.instance.poll(now: RawClock.now())
    var texts: [String] = []
    while let message = server.instance.outbox.messages.next() { texts.append("\(message)") }
    #expect(texts.contains { $0.contains("refused 64 requests") }, "\(texts)")
    server.instance.close()
  }

  @Test func itMayBeStartedAgain() throws {
    let server = try Server(workers: 2)
    for _ in 0..<3 {
      try server.instance.start()
      #expect(try server.ask(16) == 16)
      server.instance.stop()
    }
    server.instance.close()
  }

  @Test func oneWorkerMakesNoThread() throws {
    let server = try Server(workers: 1)
    try server.instance.start()
    #expect(server.backend.others.isEmpty)
    #expect(try server.ask(8) == 8)
    server.instance.close()
  }

  @Test func aPortThatAnotherShares() throws {
    let server = try Server(workers: 2)
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4, port: server.port)
    options.sharePort = true
    let rival = try UDPSocket(options)
    // SO_REUSEPORT would let both have it, and half of the clients would be lost.
    #expect(throws: ProviderError.self) { try server.instance.start() }
    rival.close()
    try server.instance.start()
    #expect(server.backend.others.count == 1)
    server.instance.close()
  }
}

extension ClockPage {
  /// One for all tests: it outlives every provider.
  nonisolated(unsafe) static let forTests: UnsafePointer<tompion_clock_page_t> = {
    let page = ClockPage(precision: -20)
    return Unmanaged.passRetained(page).takeUnretainedValue().pointer
  }()
}
