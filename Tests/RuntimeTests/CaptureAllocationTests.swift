// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CTompionProvider
import NTPServer
import Testing
import TimeTypes

@testable import LinuxKernel
@testable import ProviderHost
@testable import Runtime

/// From the kernel through a loop and a provider and back to the kernel: nothing is allocated per packet or per request.
@Suite(.enabled(if: HotPathTests.counterWorks, "a sanitizer has its own allocator in place"))
struct CaptureAllocationTests {
  private static let loops: [LoopMethod] = (try? UringLoop(capacity: 1)) != nil ? [.poll, .uring] : [.poll]

  private func make(_ method: LoopMethod) throws -> EventLoop {
    method == .uring ? .uring(try UringLoop(capacity: 64)) : .poll(try PollLoop(capacity: 64))
  }

  /// A virtual clock's, or the kernel's own, which is only looked at.
  private func clocks(isVirtual: Bool = true) throws -> KernelClocks {
    isVirtual
      ? KernelClocks(VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource)
      : KernelClocks(try SystemClock(mode: .observe).stampSource)
  }

  /// `isPlain`: a virtual clock and no limit; else the kernel's clock, and a limit for each client.
  @Test(arguments: loops, [true, false])
  func aServersPacketsAllocateNothing(method: LoopMethod, isPlain: Bool) throws {
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    let port = try UDPSocket(options).local.port
    let loop = ProviderLoop(loop: try make(method), clocks: try clocks(isVirtual: isPlain))
    let page = ClockPage(precision: -20)
    let backend = try KernelBackend(number: 40, loop: loop.loop, clocks: loop.clocks, clockPage: page.pointer)
    loop.add(backend)
    let instance = try ProviderInstance(
      module: try ProviderModule(path: "built in", pointer: ntpServerModule()), provider: "ntp-server",
      backend: backend, outbox: ProviderOutbox(number: 40))
    try instance.initialize(settings: [
      ProviderSetting(path: "listen", value: .string("127.0.0.1:\(port)")),
      ProviderSetting(path: "allow", value: .string("all")),
      ProviderSetting(path: "rate_limit", value: .integer(isPlain ? 0 : 100_000)),
      ProviderSetting(path: "rate_burst", value: .integer(10_000)),
    ])
    try instance.start()
    options.peer = .loopback(.ipv4, port: port)
    let client = try UDPSocket(options)
    let requests = try PacketBuffer(slots: 8, capacity: 64)
    var replies = 0
    func exchange(_ rounds: Int) {
      for _ in 0..<rounds {
        for slot in 0..<8 {
          // A client's request, version 4.
          requests.bytes(slot)[0] = 0x23
          requests.prepare(slot, length: 48)
        }
        guard client.send(requests, count: 8) == 8 else { return }
        let limit = RawClock.now() + .milliseconds(20)
        var got = 0
        while got < 8, RawClock.now() < limit {
          guard (try? loop.run(until: limit)) != nil else { return }
          got += (try? client.receive(into: requests)) ?? 0
        }
        replies += got
      }
    }
    exchange(50)
    replies = 0
    let count = HotPathTests.allocations { exchange(500) }
    #expect(count == 0, "\(count) allocations and frees in \(replies) replies")
    #expect(replies > 3900, "the server answered")
    instance.close()
  }

  /// As the NTP client does it: a socket for each request, its stamp, the answer, and away with it.
  @Test(arguments: loops)
  func aSocketForEachRequestAllocatesNothing(method: LoopMethod) throws {
    let loop = ProviderLoop(loop: try make(method), clocks: try clocks())
    let backend = try KernelBackend(number: 41, loop: loop.loop, clocks: loop.clocks, clockPage: nil)
    loop.add(backend)
    var echo = UDPSocketOptions()
    echo.local = .loopback(.ipv4)
    let server = try UDPSocket(echo)
    var options = tompion_socket_options_t()
    options.size = UInt32(MemoryLayout<tompion_socket_options_t>.size)
    options.flags = UInt32(TOMPION_SOCKET_RX_STAMPS | TOMPION_SOCKET_TX_STAMPS | TOMPION_SOCKET_DONT_FRAGMENT)
    options.peer = tompion_address_t(server.local)
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 48)
    defer { bytes.deallocate() }
    bytes.initialize(repeating: 0, count: 48)
    var packet = tompion_packet_t()
    packet.bytes = bytes
    packet.capacity = 48
    packet.length = 48
    packet.flags = UInt32(TOMPION_PACKET_WANT_TX_STAMP)
    var sent = 0
    func request(_ times: Int) {
      for _ in 0..<times {
        guard case .opened(let handle) = backend.openSocket(options) else { return }
        sent += Int(
          withUnsafePointer(to: packet) { backend.send(UnsafeBufferPointer(start: $0, count: 1), socket: handle) })
        try? loop.run(until: RawClock.now() + .milliseconds(1))
        backend.closeSocket(handle)
      }
    }
    request(20)
    sent = 0
    let count = HotPathTests.allocations { request(200) }
    #expect(count == 0, "\(count) allocations and frees in 200 requests")
    #expect(sent == 200)
  }
}
