// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Manual

@Suite struct OperatorsWordTests {
  /// The operator's watch against the raw counter: `ahead` at that second.
  static func entry(_ second: Int64, ahead: TimeInterval = .zero, within: TimeInterval = .seconds(1))
    -> OperatorsWord.Entry
  {
    OperatorsWord.Entry(
      raw: RawInstant(nanoseconds: second * 1_000_000_000),
      time: TimeInterval.seconds(1_800_000_000 + second) + ahead, uncertainty: within)
  }

  @Test func entriesThatGoTogetherAreCounted() {
    var word = OperatorsWord()
    let verdicts = [Self.entry(0), Self.entry(3600, ahead: .milliseconds(1900)), Self.entry(7200)].map { word.take($0) }
    #expect(verdicts == [.first, .agrees, .agrees] && word.count == 3)
  }

  /// 500 ppm of an hour are 1.8 s, and each may be a second off.
  @Test func driftAndUncertaintyAreAllowedFor() {
    for (ahead, isGood) in [(3799, true), (3801, false), (-3799, true), (-3801, false)] {
      var word = OperatorsWord()
      _ = word.take(Self.entry(0))
      let verdict = word.take(Self.entry(3600, ahead: .milliseconds(Int64(ahead))))
      #expect((verdict == .agrees) == isGood, "\(ahead) ms: \(verdict)")
    }
  }

  @Test func aCorrectionBeginsAnew() {
    var word = OperatorsWord()
    _ = word.take(Self.entry(0))
    _ = word.take(Self.entry(10))
    let verdict = word.take(Self.entry(20, ahead: .seconds(600), within: .milliseconds(500)))
    #expect(verdict == .contradicts(by: .seconds(600) - .milliseconds(1505)) && word.count == 1)
    let next = word.take(Self.entry(30, ahead: .seconds(600)))
    #expect(next == .agrees && word.count == 2)
  }
}
