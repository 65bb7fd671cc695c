// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost
@testable import Runtime

@Suite struct ChildBellsTests {
  /// How many of the loop's events were bells.
  private func hear(_ bells: inout ChildBells, _ loop: EventLoop) throws -> Int {
    var heard = 0
    try loop.wait(until: RawClock.now())
    while let event = loop.next() { if bells.heard(event) { heard += 1 } }
    return heard
  }

  @Test func aBellWithoutEndIsNotHeardForTheRestOfTheSecond() throws {
    let outboxes = [ProviderOutbox(number: 1), ProviderOutbox(number: 2)]
    let processes = outboxes.map {
      ProviderProcess(module: "/x", provider: "x", outbox: $0, stampSource: nil, clockPage: nil)
    }
    let loop = EventLoop.poll(try PollLoop(capacity: 4))
    var bells = try ChildBells(processes, on: loop)
    bells.tick(now: RawInstant(nanoseconds: 0))
    let silence = try hear(&bells, loop)
    #expect(silence == 0)
    for _ in 0..<ChildBells.perSecond {
      processes[0].bell?.wake()
      let heard = try hear(&bells, loop)
      #expect(heard == 1)
    }
    #expect(outboxes[0].counters[.flood] == 1 && outboxes[1].counters[.flood] == 0)
    processes[0].bell?.wake()
    processes[1].bell?.wake()
    let others = try hear(&bells, loop)
    #expect(others == 1, "the other child is heard all the same")
    bells.tick(now: RawInstant(nanoseconds: 999_999_999))
    let still = try hear(&bells, loop)
    #expect(still == 0)
    bells.tick(now: RawInstant(nanoseconds: 1_000_000_000))
    let again = try hear(&bells, loop)
    #expect(again == 1)
  }
}
