// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import GNSS

/// How often a receiver's changes are told.
@Suite struct NewsBudgetTests {
  static func at(_ second: Int64) -> RawInstant { RawInstant(nanoseconds: second * 1_000_000_000) }

  /// Ten told in the first second.
  static func spent() -> NewsBudget {
    var budget = NewsBudget()
    for number in 1...10 {
      let turn = budget.take(.unfit(.noFix), at: at(0))
      #expect(turn == NewsBudget.Turn(action: .unfit(.noFix), left: 0, isLast: number == 10))
    }
    return budget
  }

  @Test func whatIsHeldBackIsCountedAndItsLastIsTold() {
    var budget = Self.spent()
    for second in 1...5 as ClosedRange<Int64> { #expect(budget.take(.unfit(.noFix), at: Self.at(second)) == nil) }
    #expect(budget.take(.unfit(.silent), at: Self.at(6)) == nil && budget.due(at: Self.at(59)) == nil)
    #expect(budget.due(at: Self.at(60)) == NewsBudget.Turn(action: .unfit(.silent), left: 5, isLast: false))
    #expect(budget.due(at: Self.at(200)) == nil)
  }

  @Test func aTurnComesEachMinute() {
    var budget = Self.spent()
    #expect(budget.take(.unfit(.noFix), at: Self.at(30)) == nil)
    #expect(budget.take(.unfit(.silent), at: Self.at(61)) == .init(action: .unfit(.silent), left: 1, isLast: false))
    #expect(budget.take(.unfit(.noFix), at: Self.at(119)) == nil)
    #expect(budget.take(.unfit(.noFix), at: Self.at(120)) != nil)
    // After an hour all ten are there again, and no more.
    let told = (0..<20).count { _ in budget.take(.unfit(.noFix), at: Self.at(3600)) != nil }
    #expect(told == 10)
  }

  @Test func whatIsAlwaysToldOvertakesWhatIsHeldBack() {
    var budget = Self.spent()
    #expect(budget.take(.unfit(.noFix), at: Self.at(1)) == nil)
    budget.overtake()
    #expect(budget.due(at: Self.at(600)) == nil)
  }
}
