// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct PollLoopTests {
  func events(_ loop: PollLoop) -> [PollEvent] {
    var list: [PollEvent] = []
    while let event = loop.next() { list.append(event) }
    return list
  }

  @Test(arguments: [KernelProfile.full, .minimal])
  func timersComeInOrderAndNotEarly(profile: KernelProfile) throws {
    let loop = try PollLoop(capacity: 2, timerCapacity: 4, profile: profile)
    let start = RawClock.now()
    for (token, delay) in [(2, TimeInterval.milliseconds(6)), (1, .milliseconds(2)), (3, .seconds(100))] {
      let armed = loop.timers.arm(UInt64(token), at: start + delay)
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

  @Test func anotherThreadWakesIt() throws {
    let loop = try PollLoop()
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

  @Test(arguments: [KernelProfile.full, .minimal])
  func socketsSayWhatIsReady(profile: KernelProfile) throws {
    let pair = try Loopback(.ipv4, profile)
    let loop = try PollLoop(capacity: 2, timerCapacity: 1, profile: profile)
    try loop.add(pair.server.descriptor, token: 10)
    try loop.add(pair.client.descriptor, token: 20)
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

  @Test func removingWhileEventsAreToldTellsNoStranger() throws {
    let first = try Loopback(.ipv4, .full), second = try Loopback(.ipv4, .full), third = try Loopback(.ipv4, .full)
    let loop = try PollLoop(capacity: 3)
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

  @Test func limitsAndMistakesAreErrors() throws {
    let loop = try PollLoop(capacity: 1, profile: .full)
    let pair = try Loopback(.ipv4, .full)
    try loop.add(pair.server.descriptor, token: 1)
    #expect(throws: KernelError.self) { try loop.add(pair.server.descriptor, token: 2) }
    #expect(throws: KernelError.self) { try loop.add(pair.client.descriptor, token: 2) }
    loop.remove(pair.server.descriptor)
    try loop.add(pair.client.descriptor, token: 2)
    #expect(throws: KernelError.self) { try loop.add(-1, token: 3) }
    #expect(loop.count == 1)
  }
}
