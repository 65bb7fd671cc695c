// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@Suite struct TimeIntervalTimeZoneTests {
  @Test(arguments: [
    (0, 0), (449, 449), (451, -449), (-451, 449), (900, 0), (3599, -1), (-20_701, -1), (50_403, 3),
  ])
  func whatIsLeft(seconds: Int64, rest: Int64) {
    #expect(TimeInterval.seconds(seconds).withoutTimeZone == .seconds(rest))
  }

  @Test func zones() {
    for quarters in [-48, -1, 1, 2, 23, 56] as [Int64] {
      #expect(TimeInterval.seconds(quarters * 900 + 9).isLikeTimeZone)
      #expect(!TimeInterval.seconds(quarters * 900 + 11).isLikeTimeZone)
    }
    #expect(!TimeInterval.seconds(3).isLikeTimeZone && !TimeInterval.seconds(57 * 900).isLikeTimeZone)
    #expect(!TimeInterval.max.isLikeTimeZone)
  }
}
