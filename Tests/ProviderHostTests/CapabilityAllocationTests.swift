// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CTompionProvider
import Foundation
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

/// Streams, devices and authenticators in [capture]: once open, nothing is allocated for what goes through them.
@Suite(.serialized, .enabled(if: allocation_counter_works() == 1, "a sanitizer has its own allocator in place"))
struct CapabilityAllocationTests {
  private func allocations(_ body: () -> Void) -> UInt64 {
    allocation_counter_start()
    body()
    return allocation_counter_stop()
  }

  private func bench(
    _ name: String, _ settings: [String: ProviderSetting.Value], number: UInt16 = 9, loop: ProviderLoop? = nil
  ) throws -> CapabilityBench {
    let bench = try CapabilityBench(name, settings: settings, number: number, loop: loop)
    try bench.start()
    return bench
  }

  @Test func aStreamsBytesAllocateNothing() throws {
    let folder = try StreamTests.Folder()
    let server = try bench(
      "stream",
      ["path": .string(folder.file("s")), "flags": .integer(Int64(TOMPION_STREAM_UNIX | TOMPION_STREAM_LISTEN))])
    #expect(try server.hears("opened 0"))
    server.order(109)
    let client = try StreamSocket.connect(to: folder.file("s"), datagrams: false)
    #expect(try server.hears("accepted here family 0"))
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 7)
    var back = 0
    func exchange(_ rounds: Int) {
      for _ in 0..<rounds {
        _ = try? StreamSocket.send(client.rawValue, UnsafeRawBufferPointer(bytes))
        try? server.loop.run(until: RawClock.now() + .milliseconds(20))
        back += (try? StreamSocket.receive(client.rawValue, into: bytes, datagrams: false)) ?? 0
      }
    }
    exchange(20)
    back = 0
    let count = allocations { exchange(500) }
    #expect(count == 0, "\(count) allocations and frees in 500 exchanges")
    #expect(back == 500 * 64)
  }

  @Test func aSerialLinesBytesAllocateNothing() throws {
    let line = try DeviceIOTests.Line()
    let bench = try bench("device-io", ["path": .string(line.path), "kind": .integer(1)])
    let descriptor = line.master
    var byte: UInt8 = 0x41
    func say(_ rounds: Int) {
      for _ in 0..<rounds {
        _ = write(descriptor, &byte, 1)
        try? bench.loop.run(until: RawClock.now() + .milliseconds(20))
      }
    }
    say(20)
    let heard = bench.take().count
    let count = allocations { say(50) }
    #expect(count == 0, "\(count) allocations and frees in 50 reads")
    #expect(heard > 1 && bench.take().count > 40)
  }

  @Test func protectingAllocatesNothing() throws {
    let loop = try CapabilityBench.loop()
    let caller = try bench(
      "caller", ["scheme": .string("sum"), "limit": .integer(64)], number: 8, loop: loop)
    let authenticator = try bench("authenticator", [:], loop: loop)
    caller.order(99)
    func exchange(_ rounds: Int) {
      for _ in 0..<rounds {
        caller.order(100)
        caller.order(101)
      }
    }
    exchange(5)
    _ = caller.take()
    let count = allocations { exchange(20) }
    #expect(count == 0, "\(count) allocations and frees in 20 packets")
    #expect(caller.take().filter { $0.contains("verdict 0") }.count == 40)
    #expect(authenticator.outbox.counters.misbehaviour == 0)
  }
}
