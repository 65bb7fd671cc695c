// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Runtime

@Suite struct CallWatchTests {
  private func at(_ milliseconds: Int64) -> RawInstant { RawInstant(nanoseconds: milliseconds * 1_000_000) }

  @Test func onlyOneCallThatDoesNotReturnHangs() {
    var watch = CallWatch()
    #expect(watch.look(1, now: at(0)) == nil)
    #expect(watch.look(1, now: at(2000)) == nil)
    #expect(watch.look(1, now: at(2001)) == .milliseconds(2001))
    #expect(watch.look(1, now: at(5000)) == .milliseconds(5000))
    // It returned; nothing is under way.
    #expect(watch.look(2, now: at(6000)) == nil)
    #expect(watch.look(2, now: at(60_000)) == nil)
  }

  @Test func manyCallsAreNotALongOne() {
    var watch = CallWatch()
    for turn: Int64 in 0..<100 { #expect(watch.look(UInt64(turn) * 2 + 1, now: at(turn * 1000)) == nil) }
  }
}
