// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import LinuxKernel
@testable import Runtime

@Suite struct RingWatchTests {
  private func told(_ watch: inout RingWatch, _ now: RawInstant) -> String? { watch.news(now: now) }

  @Test func whatRoseIsToldOnceAndAtMostOnceAMinute() throws {
    let report = UringReport()
    var watch = RingWatch(report)
    var now = RawInstant(nanoseconds: 1_000_000_000)
    #expect(told(&watch, now) == nil)
    var counters = UringCounters()
    counters.overflows = 2
    report.store(counters)
    #expect(report.load() == counters)
    let line = try #require(told(&watch, now))
    #expect(line.contains("2 overflows"))
    counters.overflows = 5
    report.store(counters)
    now = now + RingWatch.pause - .milliseconds(1)
    #expect(told(&watch, now) == nil)
    now = now + .milliseconds(1)
    #expect(told(&watch, now)?.contains("3 overflows") == true)
    now = now + RingWatch.pause
    #expect(told(&watch, now) == nil)
  }
}
