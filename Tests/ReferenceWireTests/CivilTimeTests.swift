// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ReferenceWire

@Suite struct CivilTimeTests {
  @Test func daysAreCounted() {
    // Each next day is one more, from GPS' first to the last that is taken.
    var expected: Int64 = 3657 - 5
    var count = 0
    for year in 1980...2261 {
      for month in 1...12 {
        for day in 1...31 {
          guard let found = CivilDay.ofReceiver(year: year, month: month, day: day) else { continue }
          #expect(found.daysSince1970 == expected)
          expected += 1
          count += 1
        }
      }
    }
    // 282 years have 71 days of leap but for 2100 and 2200.
    #expect(count == 282 * 365 + 71 - 2)
    #expect(CivilDay.ofReceiver(year: 2026, month: 11, day: 21)?.daysSince1970 == 20_778)
  }

  @Test func daysThatAreNot() {
    for (year, month, day) in [
      (1979, 12, 31), (2262, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 2, 29), (2100, 2, 29), (2026, 4, 31),
      (2026, 1, 0),
    ] { #expect(CivilDay.ofReceiver(year: year, month: month, day: day) == nil, "\(year)-\(month)-\(day)") }
    #expect(
      CivilDay.ofReceiver(year: 2028, month: 2, day: 29) != nil
        && CivilDay.ofReceiver(year: 2000, month: 2, day: 29) != nil)
  }

  @Test func timesOfDay() {
    #expect(CivilTime(hour: 23, minute: 59, second: 60)?.nanoseconds == 86_400_000_000_000)
    #expect(CivilTime(hour: 23, minute: 59, second: 60)?.isLeapSecond == true)
    #expect(CivilTime(hour: 1, minute: 2, second: 3, nanosecond: 4)?.nanoseconds == 3_723_000_000_004)
    for (h, m, s, n) in [
      (24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (0, 59, 61, 0), (-1, 0, 0, 0), (0, 0, 0, 1_000_000_000),
    ] {
      #expect(CivilTime(hour: h, minute: m, second: s, nanosecond: n) == nil)
    }
  }
}
