// SPDX-License-Identifier: Apache-2.0

import CLinux
import CSystemCallFilter
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

/// The ring's table of files: what is in it, what leaves it, and what happens where the kernel has none.
@Suite(.enabled(if: LoopKind.available.contains(.uring), "this kernel refuses io_uring"))
struct UringFilesTests {
  private func hears(_ loop: UringLoop, _ pair: Loopback) throws -> Bool {
    #expect(pair.buffer.fill(0, with: [9]))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    let limit = RawClock.now() + .milliseconds(500)
    while RawClock.now() < limit {
      try loop.wait(until: limit)
      while let event = loop.next() {
        if case .readable = event, try pair.server.receive(into: pair.buffer) == 1 { return true }
      }
    }
    return false
  }

  @Test func whatIsWatchedIsRegisteredAndLeavesWithItsOwner() throws {
    let loop = try UringLoop(capacity: 2)
    #expect(loop.flags & CLINUX_URING_FILES != 0 && loop.filesRefusal == 0 && loop.isWakerRegistered)
    let pair = try Loopback(.ipv4, .uring)
    let streams = try UnixSocket.pair()
    try loop.add(pair.server, token: 1)
    try loop.add(streams.0.descriptor.rawValue, token: 2)
    #expect(loop.slots[0].isRegistered && loop.slots[1].isRegistered)
    #expect(loop.file(0) == -1 && loop.file(1) == -2)
    #expect(try hears(loop, pair))
    _ = try streams.1.send([1])
    try loop.wait(until: RawClock.now() + .milliseconds(100))
    #expect(loop.next() == .readable(token: 2))
    loop.waker?.wake()
    try loop.wait(until: RawClock.now() + .milliseconds(100))
    #expect(loop.next() == .woken)
    // A file in the table stays open: the port is free only if the place is.
    let address = pair.server.local
    pair.server.close()
    #expect(!loop.slots[0].isRegistered)
    var options = UDPSocketOptions()
    options.local = address
    _ = try UDPSocket(options)
    #expect(loop.counters.unregistered == 0 && loop.counters.demoted == 0)
  }

  @Test func withoutATableDescriptorsDo() throws {
    var options = UringLoopOptions()
    options.registersFiles = false
    let loop = try UringLoop(capacity: 2, options: options)
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.server, token: 1)
    #expect(loop.flags & CLINUX_URING_FILES == 0 && loop.filesRefusal == 0 && !loop.slots[0].isRegistered)
    #expect(try hears(loop, pair))
    #expect(loop.counters.unregistered == 0)
  }

  @Test func aNewRingHasThemAllAgain() throws {
    let loop = try UringLoop(capacity: 2)
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.server, token: 1)
    #expect(try hears(loop, pair))
    try loop.rebuild()
    #expect(loop.slots[0].isRegistered && loop.isWakerRegistered)
    #expect(try hears(loop, pair))
  }

  @Test func whatAnotherThreadRemovedLeavesWithTheOwnersNextWait() throws {
    let loop = try UringLoop(capacity: 2)
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.server, token: 1)
    #expect(try hears(loop, pair))
    let address = pair.server.local
    nonisolated(unsafe) let server = pair.server
    try RoleThread(RoleThreadOptions(name: "stranger")) { server.close() }.join()
    guard loop.flags & CLINUX_URING_SINGLE_ISSUER != 0 else { try Test.cancel("this kernel's rings belong to nobody") }
    #expect(loop.mustUnregister)
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    #expect(!loop.mustUnregister && !loop.slots[0].isRegistered)
    var options = UDPSocketOptions()
    options.local = address
    _ = try UDPSocket(options)
  }

  /// IORING_REGISTER_FILES2 and IORING_REGISTER_FILES_UPDATE (linux/io_uring.h).
  @Test(arguments: [(UInt32(13), "no registered files"), (6, "registered files")])
  func aRefusalIsCountedAndSaidAndHarmsNothing(operation: UInt32, features: String) throws {
    nonisolated(unsafe) var filter: Int32 = 0
    nonisolated(unsafe) var seen: (counted: UInt64, hears: Bool, reason: String) = (0, false, "")
    let thread = try RoleThread(RoleThreadOptions(name: "refused")) {
      filter = system_call_filter_refuse_uring_register(operation, EPERM)
      var wishes = LoopWishes()
      wishes.method = .uring
      guard let choice = try? EventLoop.choose(wishes), case .uring(let loop) = choice.loop,
        let pair = try? Loopback(.ipv4, .uring), (try? loop.add(pair.server, token: 1)) != nil
      else { return }
      seen = (loop.counters.unregistered, (try? hears(loop, pair)) ?? false, choice.reason)
    }
    thread.join()
    guard filter == 0 else {
      try Test.cancel("no seccomp filter here")
    }
    // The table once, or the waker not at all (it is the loop's own) and the socket.
    #expect(seen.counted == 1 && seen.hears)
    #expect(seen.reason.contains(features), "\(seen.reason)")
    #expect(seen.reason.contains(KernelError.text(of: EPERM)) == (operation == 13), "\(seen.reason)")
  }
}
