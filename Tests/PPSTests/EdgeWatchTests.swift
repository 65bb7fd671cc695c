// SPDX-License-Identifier: Apache-2.0

import PPS
import Testing
import TimeTypes

@Suite struct EdgeWatchTests {
  static func verdict(_ intervals: [Int64]) -> EdgeWatch.Verdict {
    var watch = EdgeWatch()
    for (index, interval) in intervals.enumerated() {
      let beat = RawInstant(nanoseconds: Int64(index + 5) * 1_000_000_000)
      watch.take(other: beat + .milliseconds(interval), after: beat)
    }
    return watch.verdict
  }

  @Test func theShorterPartIsThePulse() {
    #expect(Self.verdict([100, 100, 100, 100]) == .right(width: .milliseconds(100)))
    #expect(Self.verdict([900, 900, 900, 900]) == .wrong(width: .milliseconds(100)))
    #expect(Self.verdict([500, 500, 500, 500]) == .undecided && Self.verdict([480, 480, 480, 480]) == .undecided)
    #expect(Self.verdict([470, 470, 470, 470]) == .right(width: .milliseconds(470)))
  }

  @Test func irregularEdgesSayNothing() {
    #expect(Self.verdict([900, 900, 900]) == .unknown)
    #expect(Self.verdict([900, 200, 900, 300, 900, 700]) == .unknown)
    #expect(Self.verdict([1900, 1900, 1900, 1900, 1900]) == .unknown, "the edge in use is missing")
    var watch = EdgeWatch()
    watch.take(other: RawInstant(nanoseconds: 5), after: nil)
    #expect(watch.verdict == .unknown)
  }
}
