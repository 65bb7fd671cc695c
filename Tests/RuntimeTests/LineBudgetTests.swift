// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Runtime

@Suite struct LineBudgetTests {
  func at(_ milliseconds: Int64) -> RawInstant { RawInstant(nanoseconds: milliseconds * 1_000_000) }

  @Test func aBurstThenTenASecond() {
    var lines = LineBudget()
    var passed = 0
    for _ in 0..<1000 where lines.admit(now: at(0)) { passed += 1 }
    #expect(passed == Int(LineBudget.burst))
    #expect(lines.heldBack == 1000 - UInt64(LineBudget.burst))
    let early = lines.takeHeldBack()
    #expect(early == 0, "not as long as there is no room to say it")
    for _ in 0..<100 where lines.admit(now: at(1000)) { passed += 1 }
    #expect(passed == Int(LineBudget.burst + LineBudget.perSecond))
    let more = lines.admit(now: at(1200))
    #expect(more)
    let told = (lines.takeHeldBack(), lines.takeHeldBack())
    #expect(told == (1000 - UInt64(LineBudget.burst) + 90, 0))
  }
}
