// SPDX-License-Identifier: Apache-2.0

import Report
import Testing

@testable import Scenarios

@Suite struct ResultTableTests {
  @Test func missesAreMarkedInTextAndOnlyOnATerminalInColour() throws {
    let result = try ScenarioGoalTests.result(offset: [1.5])
    let plain = ResultTable.line(result, .plain)
    #expect(plain.contains(" 1.50 s (0.75)! "))
    #expect(plain.contains(" 1.00 (") == false && plain.contains("never!"))
    #expect(plain.hasSuffix(" 2 of 9"))
    #expect(!plain.contains("\u{1B}"))
    let coloured = ResultTable.line(result, TextStyle(isColoured: true))
    #expect(coloured.contains("\u{1B}[31m1.50 s (0.75)!\u{1B}[0m"))
    #expect(!coloured.contains("\u{1B}[31mx"))
  }

  @Test func columnsStandBelowTheirTitles() throws {
    let line = ResultTable.line(try ScenarioGoalTests.result(frequency: 1e-7), .plain)
    #expect(line.unicodeScalars.count == ResultTable.header(.plain).unicodeScalars.count)
    #expect(ResultTable.cells(try ScenarioGoalTests.result()).count == ResultTable.titles.count)
  }

  @Test func theLastLineCounts() throws {
    let good = try ScenarioGoalTests.result(offset: [5e-5], statistical: 1e-4)
    let bad = try ScenarioGoalTests.result(offset: [1.5], statistical: 6)
    #expect(
      ResultTable.summary([good, bad, bad])
        == "1 of 3 scenarios meet their goals. Missed (!): rms 2, to 100 us 2.")
    #expect(ResultTable.summary([good]) == "1 of 1 scenario meets its goals.")
  }

  /// A share just below one is not called 100 %.
  @Test func coverageIsRoundedDown() {
    #expect(ResultTable.share(0.999_999_9) == "99.999")
    #expect(ResultTable.share(1) == "100.000")
    #expect(ResultTable.share(nil) == "-")
  }

  @Test func figuresForPeople() {
    #expect(ResultTable.scaled(2.256e-6, "s") == "2.26 us")
    #expect(ResultTable.scaled(0.0123, "s") == "12.3 ms")
    #expect(ResultTable.scaled(5.2e-8, "") == "52.0 ppb")
    #expect(ResultTable.decimals(-0.996, 2) == "-1.00")
    #expect(ResultTable.decimals(1.005, 0) == "1")
  }
}
