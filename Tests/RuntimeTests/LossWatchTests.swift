// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ProviderHost
@testable import Runtime

@Suite struct LossWatchTests {
  @Test func lossesAreToldAtOnceAndThenOnceAMinute() {
    let counters = ProviderCounters()
    var watch = LossWatch()
    let start = RawInstant(nanoseconds: 1_000_000_000)
    #expect(watch.look(counters, now: start) == nil)
    counters.countRingFull(3)
    #expect(watch.look(counters, now: start) == 3)
    counters.countRingFull(2)
    #expect(watch.look(counters, now: start + LossWatch.pause - .milliseconds(1)) == nil)
    #expect(watch.look(counters, now: start + LossWatch.pause) == 2, "what was kept back is told")
    #expect(watch.look(counters, now: start + LossWatch.pause + LossWatch.pause) == nil)
  }
}
