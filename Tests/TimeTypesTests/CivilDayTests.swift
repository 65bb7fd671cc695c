// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TimeTypes

@Suite struct CivilDayTests {
  /// Day by day through 800 years, counted by hand: months have their lengths, February 29 comes where it should.
  @Test func everyDayFollowsTheOneBefore() throws {
    var (year, month, day) = (1600, 1, 1)
    var number = try #require(CivilDay(year: year, month: month, day: day)).daysSince1970
    while year < 2400 {
      let found = CivilDay(daysSince1970: number)
      guard found.year == year, found.month == month, found.day == day, found.daysSince1970 == number else {
        Issue.record("\(number) is \(found.text), not \(year)-\(month)-\(day)")
        return
      }
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
      day += 1
      if day > length { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
      number += 1
    }
  }

  @Test func daysThatAreKnown() {
    #expect(CivilDay(daysSince1970: 0).text == "1970-01-01")
    #expect(CivilDay(daysSince1970: -1).text == "1969-12-31")
    #expect(CivilDay(year: 2026, month: 11, day: 21)?.daysSince1970 == 20_778)
    #expect(CivilDay(year: 0, month: 3, day: 1)?.daysSince1970 == -719_468)
    #expect(CivilDay(secondsSince1970: -1).text == "1969-12-31")
    #expect(CivilDay(secondsSince1970: -86_400).text == "1969-12-31")
    #expect(CivilDay(secondsSince1970: -86_401).text == "1969-12-30")
    #expect(CivilDay(secondsSince1970: 86_399).text == "1970-01-01")
  }

  @Test func daysThatAreNone() {
    for (year, month, day) in [
      (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 4, 31), (2026, 2, 29), (1900, 2, 29), (-1, 1, 1),
      (10_000, 1, 1), (.max, 1, 1), (2026, .min, .max),
    ] { #expect(CivilDay(year: year, month: month, day: day) == nil, "\(year)-\(month)-\(day)") }
    #expect(CivilDay(year: 2000, month: 2, day: 29) != nil)
  }

  /// No trap at the ends.
  @Test(arguments: [Int64.min, .min + 1, .max]) func farAway(number: Int64) {
    #expect(abs(CivilDay(daysSince1970: number).year) > 2_000_000)
    #expect(abs(CivilDay(secondsSince1970: number).year) > 2_000_000)
  }
}
