// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

/// What only the ring has: shared buffers that run out, a completion queue that overflows, a ring that is made anew.
@Suite(.enabled(if: LoopKind.available.contains(.uring), "this kernel refuses io_uring"))
struct UringLoopTests {
  /// Sends numbered datagrams; the kernel holds them until they are received.
  private func send(_ count: Int, on pair: Loopback, from first: Int = 0, wantStamps: Bool = false) {
    for number in first..<(first + count) {
      let bytes = [UInt8(number & 0xff), UInt8(number >> 8)]
      #expect(pair.buffer.fill(0, with: bytes, wantStamp: wantStamps, token: UInt64(number)))
      #expect(pair.client.send(pair.buffer, count: 1) == 1)
    }
  }

  /// Everything that comes within a second at most, in order.
  private func receive(_ count: Int, on loop: UringLoop, _ pair: Loopback) throws -> [Int] {
    var numbers: [Int] = []
    let limit = RawClock.now() + .seconds(1)
    while numbers.count < count && RawClock.now() < limit {
      try loop.wait(until: RawClock.now() + .milliseconds(20))
      while let event = loop.next() {
        guard case .readable = event else { continue }
        for slot in 0..<(try pair.server.receive(into: pair.buffer)) {
          let bytes = pair.buffer.received(slot)
          numbers.append(Int(bytes[0]) | Int(bytes[1]) << 8)
        }
      }
    }
    return numbers
  }

  @Test func buffersThatRunOutAreCountedAndNothingIsLost() throws {
    var options = UringLoopOptions()
    options.buffers = 4
    let loop = try UringLoop(capacity: 2, options: options)
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.server, token: 1)
    send(100, on: pair)
    #expect(try receive(100, on: loop, pair) == Array(0..<100))
    #expect(loop.counters.exhausted > 0)
    // And again, with the request pending.
    send(50, on: pair, from: 100)
    #expect(try receive(50, on: loop, pair) == Array(100..<150))
    #expect(loop.counters.demoted == 0 && loop.counters.malformed == 0 && loop.counters.dropped == 0)
  }

  @Test func oneSocketsFloodLeavesBuffersForTheOther() throws {
    var options = UringLoopOptions()
    options.buffers = 4
    let loop = try UringLoop(capacity: 2, options: options)
    let flooded = try Loopback(.ipv4, .uring), quiet = try Loopback(.ipv4, .uring)
    try loop.add(flooded.server, token: 1)
    try loop.add(quiet.server, token: 2)
    send(60, on: flooded)
    send(1, on: quiet, from: 7)
    var numbers: [Int] = []
    var isHeard = false
    for _ in 0..<200 where numbers.count < 60 || !isHeard {
      try loop.wait(until: RawClock.now() + .milliseconds(5))
      while let event = loop.next() {
        if case .readable(1) = event {
          for slot in 0..<(try flooded.server.receive(into: flooded.buffer)) {
            numbers.append(Int(flooded.buffer.received(slot)[0]))
          }
        }
        if case .readable(2) = event { isHeard = try quiet.server.receive(into: quiet.buffer) == 1 }
      }
    }
    #expect(numbers == Array(0..<60) && isHeard)
  }

  @Test func aFullCompletionQueueIsCountedAndNothingIsLost() throws {
    var options = UringLoopOptions()
    options.submissions = 2
    options.completions = 2
    options.buffers = 64
    let loop = try UringLoop(capacity: 8, options: options)
    let pairs = [try Loopback(.ipv4, .uring), try Loopback(.ipv4, .uring), try Loopback(.ipv4, .uring)]
    for (index, pair) in pairs.enumerated() { try loop.add(pair.server, token: UInt64(index)) }
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    for pair in pairs { send(10, on: pair) }
    var numbers = [[Int]](repeating: [], count: pairs.count)
    for _ in 0..<200 where numbers.contains(where: { $0.count < 10 }) {
      try loop.wait(until: RawClock.now() + .milliseconds(5))
      while let event = loop.next() {
        guard case .readable(let token) = event else { continue }
        let pair = pairs[Int(token)]
        for slot in 0..<(try pair.server.receive(into: pair.buffer)) {
          numbers[Int(token)].append(Int(pair.buffer.received(slot)[0]))
        }
      }
    }
    #expect(numbers == [[Int]](repeating: Array(0..<10), count: 3))
    #expect(loop.counters.overflows > 0, "the queue never was full: the test tests nothing")
    #expect(loop.counters.dropped == 0 && loop.counters.demoted == 0)
  }

  @Test func aRingMadeAnewGoesOnReceiving() throws {
    let loop = try UringLoop(capacity: 4)
    let pair = try Loopback(.ipv4, .uring)
    let streams = try UnixSocket.pair()
    try loop.add(pair.server, token: 1)
    try loop.add(streams.0.descriptor.rawValue, token: 2)
    send(3, on: pair)
    #expect(try receive(3, on: loop, pair) == [0, 1, 2])
    // These are in the ring's buffers when it goes: said, not hidden.
    send(2, on: pair, from: 3)
    try loop.wait(until: RawClock.now() + .milliseconds(20))
    try loop.rebuild()
    #expect(loop.counters.rebuilt == 1 && loop.counters.discarded == 2)
    send(3, on: pair, from: 5)
    #expect(try receive(3, on: loop, pair) == [5, 6, 7])
    _ = try streams.1.send([1])
    try loop.wait(until: RawClock.now() + .milliseconds(100))
    #expect(loop.next() == .readable(token: 2))
    let waker = loop.waker
    waker?.wake()
    try loop.wait(until: RawClock.now() + .milliseconds(100))
    #expect(loop.next() == .woken)
  }

  @Test(arguments: [true, false])
  func stampsOfManyPacketsFindTheirTokens(byCommand: Bool) throws {
    var options = UringLoopOptions()
    options.stampCommand = byCommand
    options.stamps = 8
    let loop = try UringLoop(capacity: 2, options: options)
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.client, token: 1)
    // The first wait finds out whether the kernel has the command.
    send(1, on: pair, from: 500, wantStamps: true)
    var tokens: [UInt64] = []
    func collect(until count: Int) throws {
      let limit = RawClock.now() + .seconds(1)
      while tokens.count < count && RawClock.now() < limit {
        try loop.wait(until: RawClock.now() + .milliseconds(20))
        while let event = loop.next() {
          guard case .errorQueue(1) = event else { continue }
          while case .departed(let token, let realtime?, _, _, _)? = pair.client.nextReport() {
            #expect(realtime > 0)
            tokens.append(token)
          }
        }
      }
    }
    try collect(until: 1)
    #expect(tokens == [500])
    if byCommand, loop.hasStampCommand != true { print("skipped: no TX stamp command here: the error queue did it") }
    if !byCommand { #expect(loop.hasStampCommand == nil) }
    tokens = []
    for round in 0..<10 {
      send(6, on: pair, from: round * 6, wantStamps: true)
      try collect(until: round * 6 + 6)
    }
    #expect(tokens == (0..<60).map { UInt64($0) })
    #expect(pair.client.pendingStamps == 0 && pair.client.counters.unmatchedStamps == 0)
  }

  @Test func stampsWithoutRoomAreCountedAndTheirPacketsAreOverdue() throws {
    var options = UringLoopOptions()
    options.stamps = 2
    let loop = try UringLoop(capacity: 2, options: options)
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.client, token: 1)
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    guard loop.hasStampCommand != false else { try Test.cancel("this kernel's ring has no command for TX stamps") }
    send(5, on: pair, wantStamps: true)
    for _ in 0..<10 { try loop.wait(until: RawClock.now() + .milliseconds(2)) }
    guard loop.hasStampCommand == true else { try Test.cancel("this kernel's ring has no command for TX stamps") }
    var told = 0
    while pair.client.nextReport() != nil { told += 1 }
    #expect(told == 2 && loop.counters.stampsLost == 3)
    var overdue = 0
    while pair.client.nextOverdue(before: RawClock.now() + .seconds(1)) != nil { overdue += 1 }
    #expect(overdue == 3)
  }

  @Test func aSubmissionThreadDoesTheSame() throws {
    var options = UringLoopOptions()
    options.submissionThread = true
    guard let loop = try? UringLoop(capacity: 2, options: options) else {
      try Test.cancel("no submission thread (SQPOLL) here")
    }
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.server, token: 1)
    send(20, on: pair)
    #expect(try receive(20, on: loop, pair) == Array(0..<20))
    loop.remove(pair.server)
    #expect(loop.flags & CLINUX_URING_SQPOLL != 0)
  }

  @Test func theRingBelongsToWhoWaitsFirst() throws {
    let loop = try UringLoop(capacity: 2)
    // Another thread may add before that.
    let pair = try Loopback(.ipv4, .uring)
    try loop.add(pair.server, token: 1)
    send(1, on: pair)
    nonisolated(unsafe) let shared = (loop, pair)
    nonisolated(unsafe) var seen: PollEvent?
    let thread = try RoleThread(RoleThreadOptions(name: "owner")) {
      try? shared.0.wait(until: RawClock.now() + .milliseconds(500))
      seen = shared.0.next()
    }
    thread.join()
    #expect(seen == .readable(token: 1))
    guard loop.flags & CLINUX_URING_SINGLE_ISSUER != 0 else { try Test.cancel("this kernel's rings belong to nobody") }
    let error = #expect(throws: KernelError.self) { try loop.wait(until: RawClock.now()) }
    #expect(error?.errno == EEXIST)
  }

  /// Sockets come and go, packets are sent in bursts larger than the buffers and the queue, and a ring is made anew now and then:
  /// each socket hears what was sent to it since it was added, in order, but for what a ring took with it, which is counted.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func whateverHappensNothingIsLostUncounted(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var options = UringLoopOptions()
    options.buffers = 8
    options.submissions = 4
    options.completions = 4
    let loop = try UringLoop(capacity: 4, options: options)
    let pairs = try (0..<4).map { _ in try Loopback(.ipv4, .uring) }
    var isAdded = [Bool](repeating: false, count: pairs.count)
    var sent = [Int](repeating: 0, count: pairs.count), heard = sent
    func take() throws {
      while let event = loop.next() {
        guard case .readable(let token) = event else { continue }
        let index = Int(token), pair = pairs[index]
        for slot in 0..<(try pair.server.receive(into: pair.buffer)) {
          let bytes = pair.buffer.received(slot)
          let number = Int(bytes[0]) | Int(bytes[1]) << 8
          #expect(number >= heard[index], "in order, and never twice")
          heard[index] = number + 1
        }
      }
    }
    func settle() throws {
      let limit = RawClock.now() + .seconds(2)
      while pairs.indices.contains(where: { isAdded[$0] && heard[$0] < sent[$0] }), RawClock.now() < limit {
        try loop.wait(until: RawClock.now() + .milliseconds(5))
        try take()
      }
    }
    for _ in 0..<150 {
      let index = Int.random(in: 0..<pairs.count, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0 where isAdded[index]:
        try settle()
        loop.remove(pairs[index].server)
        isAdded[index] = false
      case 0, 1:
        if !isAdded[index] { try loop.add(pairs[index].server, token: UInt64(index)) }
        isAdded[index] = true
      case 2:
        try settle()
        #expect(heard == sent.indices.map { isAdded[$0] ? sent[$0] : heard[$0] })
        try loop.rebuild()
      case 3..<7:
        let count = Int.random(in: 1...20, using: &random)
        send(count, on: pairs[index], from: sent[index])
        sent[index] += count
      default:
        try loop.wait(until: RawClock.now() + .milliseconds(1))
        try take()
      }
    }
    for index in pairs.indices where !isAdded[index] {
      try loop.add(pairs[index].server, token: UInt64(index))
      isAdded[index] = true
    }
    try settle()
    #expect(heard == sent)
    #expect(loop.counters.exhausted > 0 && loop.counters.overflows > 0 && loop.counters.discarded == 0)
    #expect(loop.counters.demoted == 0 && loop.counters.malformed == 0)
  }
}
