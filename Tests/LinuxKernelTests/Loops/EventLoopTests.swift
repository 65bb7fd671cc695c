// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

/// What every loop has to do, whatever it waits with.
@Suite struct EventLoopTests {
  func events(_ loop: EventLoop) -> [PollEvent] {
    var list: [PollEvent] = []
    while let event = loop.next() { list.append(event) }
    return list
  }

  @Test(arguments: LoopKind.available)
  func timersComeInOrderAndNotEarly(kind: LoopKind) throws {
    let loop = try kind.make(capacity: 2, timerCapacity: 4)
    let start = RawClock.now()
    for (token, delay) in [(2, TimeInterval.milliseconds(6)), (1, .milliseconds(2)), (3, .seconds(100))] {
      let armed = loop.arm(UInt64(token), at: start + delay)
      #expect(armed)
    }
    var fired: [UInt64] = []
    while fired.count < 2 && RawClock.now() - start < .seconds(5) {
      try loop.wait()
      for event in events(loop) {
        guard case .timer(let token) = event else { continue }
        fired.append(token)
        #expect(RawClock.now() >= start + (token == 1 ? .milliseconds(2) : .milliseconds(6)))
      }
    }
    #expect(fired == [1, 2])
  }

  @Test(arguments: LoopKind.rich)
  func anotherThreadWakesIt(kind: LoopKind) throws {
    let loop = try kind.make()
    let waker = try #require(loop.waker)
    let start = RawClock.now()
    let thread = try RoleThread(RoleThreadOptions(name: "waker")) {
      waker.wake()
      waker.wake()
    }
    try loop.wait(until: start + .seconds(20))
    #expect(events(loop) == [.woken])
    #expect(RawClock.now() - start < .seconds(1))
    thread.join()
  }

  @Test func theMinimalProfileHasNoWaker() throws {
    #expect(try PollLoop(profile: .minimal).waker == nil)
  }

  @Test(arguments: LoopKind.available)
  func socketsSayWhatIsReady(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    let loop = try kind.make(capacity: 2, timerCapacity: 1)
    try loop.add(pair.server, token: 10)
    try loop.add(pair.client, token: 20)
    #expect(pair.buffer.fill(0, with: [1], wantStamp: true, token: 1))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    var seen: Set<UInt64> = []
    for _ in 0..<50 where seen.count < 2 {
      try loop.wait(until: RawClock.now() + .milliseconds(20))
      for event in events(loop) {
        if event == .readable(token: 10) {
          seen.insert(10)
          #expect(try pair.server.receive(into: pair.buffer) == 1)
        }
        if event == .errorQueue(token: 20) {
          seen.insert(20)
          while pair.client.nextReport() != nil {}
        }
      }
    }
    #expect(seen == [10, 20])
    // All taken: nothing is ready any more.
    try loop.wait(until: RawClock.now() + .milliseconds(2))
    #expect(events(loop).isEmpty)
  }

  @Test(arguments: LoopKind.rich)
  func removingWhileEventsAreToldTellsNoStranger(kind: LoopKind) throws {
    let first = try Loopback(.ipv4, kind), second = try Loopback(.ipv4, kind), third = try Loopback(.ipv4, kind)
    let loop = try kind.make(capacity: 3)
    for (index, pair) in [first, second, third].enumerated() {
      try loop.add(pair.server.descriptor, token: UInt64(index))
      #expect(pair.buffer.fill(0, with: [1]))
      #expect(pair.client.send(pair.buffer, count: 1) == 1)
    }
    try loop.wait(until: RawClock.now() + .milliseconds(100))
    #expect(loop.next() == .readable(token: 0))
    loop.remove(first.server.descriptor)
    loop.remove(second.server.descriptor)
    try loop.add(first.client.descriptor, token: 9)
    #expect(!events(loop).contains(.readable(token: 1)))
    try loop.wait(until: RawClock.now() + .milliseconds(100))
    #expect(events(loop) == [.readable(token: 2)])
  }

  @Test(arguments: LoopKind.rich)
  func limitsAndMistakesAreErrors(kind: LoopKind) throws {
    let loop = try kind.make(capacity: 1)
    let pair = try Loopback(.ipv4, kind)
    try loop.add(pair.server.descriptor, token: 1)
    #expect(throws: KernelError.self) { try loop.add(pair.server.descriptor, token: 2) }
    #expect(throws: KernelError.self) { try loop.add(pair.client.descriptor, token: 2) }
    loop.remove(pair.server.descriptor)
    try loop.add(pair.client.descriptor, token: 2)
    #expect(throws: KernelError.self) { try loop.add(-1, token: 3) }
    #expect(loop.count == 1)
  }

  @Test(
    .enabled(
      if: LoopKind.available.contains(.uring), "this kernel refuses an io_uring: the tests of its loop are left out"))
  func aLoopThatThisKernelRefusesIsSaidToBeLeftOut() throws {
    _ = try UringLoop(capacity: 1)
  }

  /// A descriptor that stays ready is told of at each wait, as poll(2) does.
  @Test(arguments: LoopKind.rich)
  func whatIsNotFetchedIsToldAgain(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    let loop = try kind.make(capacity: 2)
    try loop.add(pair.server, token: 1)
    let streams = try UnixSocket.pair()
    try loop.add(streams.0.descriptor.rawValue, token: 2)
    _ = try streams.1.send([1])
    #expect(pair.buffer.fill(0, with: [1]))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    for _ in 0..<3 {
      var seen: Set<UInt64> = []
      for _ in 0..<50 where seen.count < 2 {
        try loop.wait(until: RawClock.now() + .milliseconds(20))
        for event in events(loop) { if case .readable(let token) = event { seen.insert(token) } }
      }
      #expect(seen == [1, 2])
    }
    #expect(try pair.server.receive(into: pair.buffer) == 1)
    _ = try streams.0.receive()
    try loop.wait(until: RawClock.now() + .milliseconds(2))
    #expect(events(loop).isEmpty)
  }

  @Test(arguments: LoopKind.rich)
  func interestMayChange(kind: LoopKind) throws {
    let loop = try kind.make(capacity: 2)
    let streams = try UnixSocket.pair()
    let descriptor = streams.0.descriptor.rawValue
    try loop.add(descriptor, token: 2)
    try loop.wait(until: RawClock.now() + .milliseconds(2))
    #expect(events(loop).isEmpty)
    loop.modify(descriptor, interest: [.read, .write])
    try loop.wait(until: RawClock.now() + .milliseconds(500))
    #expect(events(loop) == [.writable(token: 2)])
    loop.modify(descriptor, interest: [])
    _ = try streams.1.send([1])
    try loop.wait(until: RawClock.now() + .milliseconds(2))
    #expect(events(loop).isEmpty)
    loop.modify(descriptor, interest: .read)
    try loop.wait(until: RawClock.now() + .milliseconds(500))
    #expect(events(loop) == [.readable(token: 2)])
  }

  /// A socket that is closed leaves its port at once, although a ring had a request pending on it.
  @Test(arguments: LoopKind.rich)
  func aClosedSocketFreesItsPort(kind: LoopKind) throws {
    let loop = try kind.make(capacity: 2)
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    let first = try UDPSocket(options)
    options.local = first.local
    try loop.add(first, token: 1)
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    loop.remove(first)
    first.close()
    let second = try UDPSocket(options)
    #expect(second.local == first.local)
    try loop.add(second, token: 2)
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    second.close()
    _ = try UDPSocket(options)
  }

  @Test(arguments: LoopKind.rich)
  func spinningFindsWhatSleepingFinds(kind: LoopKind) throws {
    let pair = try Loopback(.ipv4, kind)
    let loop = try kind.make(capacity: 2)
    loop.busyPoll = 50_000_000
    try loop.add(pair.server, token: 1)
    try loop.wait(until: RawClock.now() + .milliseconds(1))
    #expect(events(loop).isEmpty)
    let start = RawClock.now()
    let address = pair.server.local
    let thread = try RoleThread(RoleThreadOptions(name: "sender")) {
      Pause.milliseconds(1)
      var options = UDPSocketOptions()
      options.peer = .loopback(.ipv4, port: address.port)
      guard let buffer = try? PacketBuffer(slots: 1, capacity: 64), buffer.fill(0, with: [7]) else { return }
      _ = try? UDPSocket(options).send(buffer, count: 1)
    }
    try loop.wait(until: start + .seconds(5))
    thread.join()
    #expect(events(loop) == [.readable(token: 1)])
    #expect(RawClock.now() - start < .seconds(1))
    #expect(try pair.server.receive(into: pair.buffer) == 1)
    // With nothing to come it ends at the deadline.
    let again = RawClock.now()
    try loop.wait(until: again + .milliseconds(5))
    #expect(RawClock.now() - again >= .milliseconds(5) && events(loop).isEmpty)
  }
}
