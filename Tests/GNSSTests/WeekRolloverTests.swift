// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GNSS

@Suite struct WeekRolloverTests {
  static let day: Int64 = 86_400_000_000_000

  @Test func nothingIsDoneWithinThePivotsWeeks() throws {
    let pivot = WeekRollover.release
    for moment in [pivot, pivot + Self.day, pivot + WeekRollover.period - 1] {
      let (found, weeks) = try #require(WeekRollover.correct(moment, pivot: pivot))
      #expect(found == moment && weeks == 0)
    }
    #expect(WeekRollover.correct(pivot + WeekRollover.period, pivot: pivot) == nil)
  }

  @Test(arguments: [1, 2, 3]) func wholeTurnsAreAdded(turns: Int64) throws {
    let pivot = WeekRollover.release
    for moment in [pivot, pivot + 5 * Self.day + 7, pivot + WeekRollover.period - 1] {
      let told = moment - turns * WeekRollover.period
      guard told >= 0 else { continue }
      let (found, weeks) = try #require(WeekRollover.correct(told, pivot: pivot))
      #expect(found == moment && weeks == 1024 * turns)
    }
  }
}
