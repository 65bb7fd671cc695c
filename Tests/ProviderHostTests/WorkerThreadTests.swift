// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Synchronization
import Testing

@testable import ProviderHost

/// What belongs to the owner's thread is refused and counted on a worker's.
@Suite struct WorkerThreadTests {
  private final class Answers: Sendable {
    let answers = Mutex<[tompion_status]>([])
  }

  /// arm, open, resolve and send, then disarm and close, as a provider calls them. Sound: all pointers are to what the call holds.
  private static func call(_ instance: ProviderInstance) -> [tompion_status] {
    var host = unsafe HostTable.make(name: "test")
    unsafe host.host_data = Unmanaged.passUnretained(instance).toOpaque()
    var options = tompion_socket_options_t()
    options.size = UInt32(MemoryLayout<tompion_socket_options_t>.size)
    var socket: UInt32 = 0
    var packet = unsafe tompion_packet_t()
    var byte: UInt8 = 0
    return unsafe withUnsafePointer(to: host) { host in
      let armed = unsafe HostTable.timer.arm(host, 3, 1)
      let opened = unsafe HostTable.packetIO.open(host, &options, &socket)
      let asked = unsafe HostTable.resolve.start(host, "192.0.2.1", 0, 1)
      let sent = unsafe withUnsafeMutablePointer(to: &byte) { bytes in
        unsafe packet.bytes = unsafe bytes
        unsafe packet.capacity = 1
        unsafe packet.length = 1
        return unsafe HostTable.packetIO.send(host, socket, &packet, 1)
      }
      unsafe HostTable.timer.disarm(host, 3)
      unsafe HostTable.packetIO.close(host, socket)
      return [armed, opened, asked, tompion_status(sent)]
    }
  }

  private struct Handed: @unchecked Sendable {
    // The thread ends before the test goes on.
    let instance: ProviderInstance
  }

  @Test func theOwnersFunctionsAreRefusedAndCounted() throws {
    let outbox = ProviderOutbox(number: 9)
    let instance = try ProviderInstance(
      module: try ProviderModule.load(path: try CompiledPlugin.example()), provider: "example", backend: TestBackend(),
      outbox: outbox)
    try instance.initialize(settings: [])
    try instance.start()
    let own = Self.call(instance)
    #expect(own.allSatisfy { $0 != TOMPION_WRONG_ROLE })
    #expect(outbox.counters[.wrongThread] == 0, "the owner's thread is no worker's")
    let (handed, told) = (Handed(instance: instance), Answers())
    let thread = try RoleThread(RoleThreadOptions(name: "worker1")) {
      WorkerThread.begin()
      told.answers.withLock { $0 = Self.call(handed.instance) }
    }
    #expect(thread.join(withinSeconds: 10))
    let wrong = tompion_status(TOMPION_WRONG_ROLE)
    #expect(told.answers.withLock { $0 } == [wrong, wrong, wrong, 0])
    #expect(outbox.counters[.wrongThread] == 6)
    #expect(!WorkerThread.isCurrent, "the mark is that thread's alone")
    instance.close()
  }
}
