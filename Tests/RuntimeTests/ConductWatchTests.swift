// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ProviderHost
@testable import Runtime

@Suite struct ConductWatchTests {
  let counters = ProviderCounters()
  func at(_ seconds: Int64) -> RawInstant { RawInstant(nanoseconds: seconds * 1_000_000_000) }

  @Test func aSlipIsToldOnceAMinute() {
    var watch = ConductWatch()
    #expect(watch.look(counters, now: at(0)) == nil)
    counters.count(.badArgument)
    #expect(watch.look(counters, now: at(1)) == .offences("1 × \(Misbehaviour.badArgument.text)"))
    counters.count(.badArgument, 2)
    #expect(watch.look(counters, now: at(2)) == nil)
    #expect(watch.look(counters, now: at(61)) == .offences("2 × \(Misbehaviour.badArgument.text)"), "what was kept back is told")
    #expect(watch.look(counters, now: at(200)) == nil)
  }

  @Test func manyInASecondAreIntolerable() {
    var watch = ConductWatch()
    counters.count(.outOfRange, ConductWatch.tolerated - 1)
    guard case .offences? = watch.look(counters, now: at(1)) else {
      Issue.record("one below the limit")
      return
    }
    counters.count(.outOfRange, ConductWatch.tolerated)
    #expect(
      watch.look(counters, now: at(2)) == .intolerable("\(ConductWatch.tolerated) × \(Misbehaviour.outOfRange.text)"))
  }

  @Test func aFloodIsIntolerableAtOnce() {
    var watch = ConductWatch()
    counters.count(.flood)
    #expect(watch.look(counters, now: at(1)) == .intolerable("1 × \(Misbehaviour.flood.text)"))
  }
}
