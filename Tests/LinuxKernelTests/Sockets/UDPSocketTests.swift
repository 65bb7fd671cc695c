// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

/// Waits on one socket until `done`, or half a second of nothing.
func waitFor(_ socket: UDPSocket, _ kind: LoopKind? = nil, until done: () -> Bool) throws {
  let kind = kind ?? (socket.profile == .minimal ? .minimal : .full)
  let loop = try kind.make(capacity: 1, timerCapacity: 1)
  try loop.add(socket, token: 1)
  defer { loop.remove(socket) }
  let limit = RawClock.now() + .milliseconds(500)
  while !done() && RawClock.now() < limit {
    try loop.wait(until: RawClock.now() + .milliseconds(20))
    while loop.next() != nil {}
  }
}

/// Two sockets on loopback.
struct Loopback {
  let server: UDPSocket
  let client: UDPSocket
  let buffer: PacketBuffer
  let kind: LoopKind

  init(_ family: SocketAddress.Family, _ profile: KernelProfile, slots: Int = 16) throws {
    try self.init(family, profile == .minimal ? LoopKind.minimal : .full, slots: slots)
  }

  init(_ family: SocketAddress.Family, _ kind: LoopKind, slots: Int = 16) throws {
    self.kind = kind
    let profile = kind.profile
    var options = UDPSocketOptions()
    options.local = .any(family)
    server = try UDPSocket(options, profile: profile)
    var client = UDPSocketOptions()
    client.peer = .loopback(family, port: server.local.port)
    self.client = try UDPSocket(client, profile: profile)
    buffer = try PacketBuffer(slots: slots, capacity: 1500)
  }

  func receive(on socket: UDPSocket) throws -> Int {
    var count = 0
    try waitFor(socket, kind) {
      count = (try? socket.receive(into: buffer)) ?? -1
      return count != 0
    }
    return count
  }

  /// The kernel switches receive stamping on by a work queue, some time after the first socket asks for it: packets pass
  /// without a stamp until then.
  func awaitReceiveStamps() throws {
    for _ in 0..<2000 {
      #expect(buffer.fill(0, with: [0]))
      #expect(client.send(buffer, count: 1) == 1)
      #expect(try receive(on: server) == 1)
      if buffer[0].flags & CLINUX_DATAGRAM_SOFTWARE != 0 { return }
      Pause.milliseconds(1)
    }
    Issue.record("the kernel never stamps what arrives")
  }

  func report(on socket: UDPSocket) throws -> TransmitReport? {
    var report: TransmitReport?
    try waitFor(socket, kind) {
      report = socket.nextReport()
      return report != nil
    }
    return report
  }
}

@Suite struct UDPSocketTests {
  static let matrix: [(SocketAddress.Family, LoopKind)] = LoopKind.available.flatMap { [(.ipv4, $0), (.ipv6, $0)] }

  @Test(arguments: matrix)
  func stampsOnBothWaysLieBetweenReadings(family: SocketAddress.Family, kind: LoopKind) throws {
    // Kept to the end: the kernel stamps what arrives while any socket asks for it.
    let early = try Loopback(family, kind)
    try early.awaitReceiveStamps()
    let pair = try Loopback(family, kind)
    let message: [UInt8] = Array("where is the time".utf8)
    for round in 0..<3 {
      let before = RealtimeClock.now().nanoseconds
      #expect(pair.buffer.fill(0, with: message, wantStamp: true, token: UInt64(round + 70)))
      #expect(pair.client.send(pair.buffer, count: 1) == 1)
      #expect(try pair.receive(on: pair.server) == 1)
      #expect(pair.buffer.received(0) == message)
      let slot = pair.buffer[0]
      #expect(SocketAddress(slot.peer) == .loopback(family, port: pair.client.local.port))
      #expect(SocketAddress(slot.local).with(port: 0) == .loopback(family))
      #expect(slot.interface_index == NetworkInterfaces.index(of: "lo"))
      let report = try #require(try pair.report(on: pair.client))
      let after = RealtimeClock.now().nanoseconds
      guard case .departed(let token, let realtime, _, _, _) = report else {
        Issue.record("not a departure: \(report)")
        return
      }
      #expect(token == UInt64(round + 70))
      let departure = try #require(realtime)
      #expect(departure >= before && departure <= after)
      #expect(slot.flags & CLINUX_DATAGRAM_SOFTWARE != 0)
      #expect(slot.software_ns >= departure - 1000 && slot.software_ns <= after)
    }
    #expect(early.server.counters.received > 0)
    #expect(pair.client.pendingStamps == 0)
    #expect(pair.client.counters.transmitStamps == 3)
    #expect(pair.client.nextReport() == nil)
    #expect(pair.server.counters.controlTruncated == 0)
  }

  @Test(arguments: matrix)
  func repliesLeaveFromTheAddressThatWasAsked(family: SocketAddress.Family, kind: LoopKind) throws {
    // 127.0.0.2 is another address of the same host: a reply from 127.0.0.1 would not reach the connected client.
    guard family == .ipv4 else { return }
    var options = UDPSocketOptions()
    options.local = .any(family)
    let server = try UDPSocket(options, profile: kind.profile)
    var asking = UDPSocketOptions()
    asking.peer = SocketAddress(ipv4: 0x7f00_0002, port: server.local.port)
    asking.local = .loopback(family)
    let client = try UDPSocket(asking, profile: kind.profile)
    let buffer = try PacketBuffer(slots: 4, capacity: 100)
    #expect(buffer.fill(0, with: [1, 2, 3, 4]))
    #expect(client.send(buffer, count: 1) == 1)
    try waitFor(server, kind) { ((try? server.receive(into: buffer)) ?? 0) == 1 }
    #expect(SocketAddress(buffer[0].local).host == "127.0.0.2")
    unsafe buffer.bytes(0)[0] = 9
    buffer.reply(0, length: 3)
    #expect(server.send(buffer, count: 1) == 1)
    try waitFor(client, kind) { ((try? client.receive(into: buffer)) ?? 0) == 1 }
    #expect(buffer.received(0) == [9, 2, 3])
    #expect(SocketAddress(buffer[0].peer).host == "127.0.0.2")
  }

  @Test(arguments: LoopKind.rich)
  func aBatchIsReceivedAndAnsweredInPlace(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    let count = 10
    for i in 0..<count { #expect(pair.buffer.fill(i, with: [UInt8](repeating: UInt8(i), count: i + 1))) }
    #expect(pair.client.send(pair.buffer, count: count) == count)
    var got: [[UInt8]] = []
    try waitFor(pair.server, kind) {
      let received = (try? pair.server.receive(into: pair.buffer)) ?? 0
      for i in 0..<received {
        got.append(pair.buffer.received(i))
        // Only odd ones are answered: the others must not leave.
        if pair.buffer[i].length % 2 == 1 { pair.buffer.reply(i, length: Int(pair.buffer[i].length)) }
      }
      _ = pair.server.send(pair.buffer, count: received)
      return got.count == count
    }
    #expect(got == (0..<count).map { [UInt8](repeating: UInt8($0), count: $0 + 1) })
    var answers: [Int] = []
    try waitFor(pair.client, kind) {
      let received = (try? pair.client.receive(into: pair.buffer)) ?? 0
      answers += (0..<received).map { Int(pair.buffer[$0].length) }
      return answers.count == count / 2
    }
    #expect(answers == [1, 3, 5, 7, 9])
  }

  @Test(arguments: LoopKind.rich)
  func stampsOfABatchFindTheirPackets(kind: LoopKind) throws {
    let pair = try Loopback(.ipv6, kind)
    // Every second packet asks; the numbers of those that do not must not shift the others.
    for i in 0..<8 { #expect(pair.buffer.fill(i, with: [UInt8(i)], wantStamp: i % 2 == 0, token: UInt64(100 + i))) }
    #expect(pair.client.send(pair.buffer, count: 8) == 8)
    var tokens: [UInt64] = []
    try waitFor(pair.client, kind) {
      while case .departed(let token, _, _, _, _)? = pair.client.nextReport() { tokens.append(token) }
      return tokens.count == 4
    }
    #expect(tokens == [100, 102, 104, 106])
    #expect(pair.client.pendingStamps == 0)
  }

  @Test(arguments: matrix.filter { $0 != (.ipv6, .minimal) })
  func aRefusedPortIsReported(family: SocketAddress.Family, kind: LoopKind) throws {
    var options = UDPSocketOptions()
    options.local = .loopback(family)
    let gone = try UDPSocket(options, profile: kind.profile)
    let address = gone.local
    gone.close()
    var asking = UDPSocketOptions()
    asking.peer = address
    let client = try UDPSocket(asking, profile: kind.profile)
    let buffer = try PacketBuffer(slots: 1, capacity: 100)
    #expect(buffer.fill(0, with: [1], wantStamp: true, token: 5))
    #expect(client.send(buffer, count: 1) == 1)
    var reports: [TransmitReport] = []
    try waitFor(client, kind) {
      while let report = client.nextReport() { reports.append(report) }
      return reports.count >= 2
    }
    #expect(reports.contains { if case .failed(ECONNREFUSED, let peer) = $0 { peer == address } else { false } })
    #expect(reports.contains { if case .departed(5, _, _, _, _) = $0 { true } else { false } })
  }

  @Test(arguments: LoopKind.rich)
  func numbersAreRightAgainAfterAFailedSend(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    #expect(pair.buffer.fill(0, with: [1], wantStamp: true, token: 1))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    #expect(try pair.report(on: pair.client) != nil)
    // A connected socket may not send from an address that is not ours.
    let foreign = SocketAddress(ipv4: 0xc000_0201, port: 0)
    #expect(pair.buffer.fill(0, with: [2], from: foreign, wantStamp: true, token: 2))
    #expect(pair.client.send(pair.buffer, count: 1) == 0)
    #expect(pair.buffer[0].error != 0)
    #expect(pair.client.counters.sendFailures == 1)
    #expect(pair.buffer.fill(0, with: [3], wantStamp: true, token: 3))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    guard case .departed(let token, _, _, _, _)? = try pair.report(on: pair.client) else {
      Issue.record("no stamp after a failed send")
      return
    }
    #expect(token == 3)
  }

  @Test(arguments: LoopKind.rich)
  func whoWaitsDuringAFailedSendIsToldThatNoStampComes(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    #expect(pair.buffer.fill(0, with: [1], wantStamp: true, token: 1))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    let foreign = SocketAddress(ipv4: 0xc000_0201, port: 0)
    #expect(pair.buffer.fill(0, with: [2], from: foreign, wantStamp: true, token: 2))
    #expect(pair.client.send(pair.buffer, count: 1) == 0)
    #expect(pair.buffer.fill(0, with: [3], wantStamp: true, token: 3))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    #expect(pair.client.pendingStamps == 2)
    // Without a stamp, and at once; the failed one never left.
    let past = RawClock.now() - .seconds(1)
    #expect(pair.client.nextOverdue(before: past)?.token == 1)
    #expect(pair.client.nextOverdue(before: past) == nil)
    // The first stamp has number 0, as the third packet's has: it must not be taken for it.
    guard case .departed(let token, _, _, _, _)? = try pair.report(on: pair.client) else {
      Issue.record("no stamp after a failed send")
      return
    }
    #expect(token == 3)
    #expect(pair.client.nextReport() == nil && pair.client.pendingStamps == 0)
  }

  @Test(arguments: LoopKind.rich)
  func aLateStampIsGivenUpOnce(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    #expect(pair.buffer.fill(0, with: [1], wantStamp: true, token: 77))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    #expect(pair.client.nextOverdue(before: RawClock.now() - .seconds(1)) == nil)
    #expect(pair.client.nextOverdue(before: RawClock.now() + .seconds(1))?.token == 77)
    #expect(pair.client.nextOverdue(before: RawClock.now() + .seconds(1)) == nil)
    // And when it comes after all, it belongs to nobody.
    #expect(try pair.report(on: pair.client) == .unmatched)
  }

  @Test(arguments: LoopKind.rich)
  func longDatagramsAreCutAndCounted(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    let small = try PacketBuffer(slots: 1, capacity: 64)
    #expect(pair.buffer.fill(0, with: [UInt8](repeating: 7, count: 1000)))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    try waitFor(pair.server, kind) { ((try? pair.server.receive(into: small)) ?? 0) == 1 }
    #expect(small[0].length == 64)
    #expect(small[0].flags & CLINUX_DATAGRAM_TRUNCATED != 0)
    #expect(pair.server.counters.truncated == 1)
    #expect(!small.fill(0, with: [UInt8](repeating: 0, count: 65)))
  }

  @Test func aBusyPortSaysSoAndAnIPv6WildcardLeavesIPv4Free() throws {
    var options = UDPSocketOptions()
    // Other tests take IPv4 ports at the same moment, so that the same number may be busy there: another try then.
    var pair: (first: UDPSocket, second: UDPSocket)?
    for _ in 0..<20 where pair == nil {
      options.local = .any(.ipv6)
      let first = try UDPSocket(options)
      options.local = .any(.ipv4, port: first.local.port)
      if let second = try? UDPSocket(options) { pair = (first, second) }
    }
    let (first, second) = try #require(pair)
    #expect(second.local.port == first.local.port)
    let error = #expect(throws: KernelError.self) { _ = try UDPSocket(options) }
    #expect(error?.errno == EADDRINUSE)
    #expect(error?.description.contains("another process holds the address") == true)
  }

  @Test(arguments: LoopKind.rich)
  func aReopenedSocketKnowsNothingOfItsFormerLife(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    #expect(pair.buffer.fill(0, with: [1], wantStamp: true, token: 1))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    #expect(pair.client.pendingStamps == 1)
    let earlier = pair.client.local
    var options = UDPSocketOptions()
    options.peer = pair.server.local
    pair.client.close()
    pair.client.take(try UDPSocket.open(options, pair.client.profile), options)
    #expect(pair.client.pendingStamps == 0 && pair.client.counters.sent == 0 && pair.client.local != earlier)
    #expect(pair.buffer.fill(0, with: [2], wantStamp: true, token: 2))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    guard case .departed(2, _?, _, _, _)? = try pair.report(on: pair.client) else {
      Issue.record("no stamp for the first packet of the new life")
      return
    }
    pair.client.close()
    #expect(pair.client.send(pair.buffer, count: 1) == 0)
  }

  @Test func anUnknownInterfaceIsRefused() throws {
    var options = UDPSocketOptions()
    options.local = .any(.ipv4)
    options.interface = "no-such-if"
    #expect(throws: KernelError.self) { _ = try UDPSocket(options) }
  }

  @Test func severalWorkersShareAPort() throws {
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    options.sharePort = true
    let first = try UDPSocket(options)
    options.local = first.local
    let second = try UDPSocket(options)
    #expect(second.local == first.local)
  }
}
