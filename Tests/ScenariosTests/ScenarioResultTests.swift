// SPDX-License-Identifier: Apache-2.0

import Report
import Testing

@testable import Scenarios

@Suite struct ScenarioResultTests {
  private func result(_ rms: [Double]) throws -> ScenarioResult {
    let text = #"""
      {"scenarios":{"x":{"poll_log2_s":0,"duration_s":9,"warm_s":1,"goal_ratio":0.5,"model":{"base_s":1},
      "chrony_fixed":{"rms_s":2,"p99_s":1,"max_s":1,"freq_rms":1}}}}
      """#
    let scenario = try #require(try Scenario.read(Array(text.utf8)).first)
    let runs = rms.map { rms in
      var record = RunRecord()
      for second in 1...9 { record.append(offset: rms, frequency: 0, statistical: second == 9 ? 0 : 9, hard: 9) }
      return RunMetrics(record, warm: 1)
    }
    return ScenarioResult(scenario: scenario, runs: runs, parametersDigest: "d")
  }

  @Test func mediansRatiosAndCoverage() throws {
    let result = try result([1, 6, 2])
    #expect(result.ratio == 1 && result.worstSeedRatio == 3)
    #expect(result.statisticalCoverage == 8.0 / 9 && result.hardCoverage == 1)
  }

  @Test func jsonHasExactlyTheAgreedKeys() throws {
    guard case .object(let members) = try result([1]).json else {
      Issue.record("not an object")
      return
    }
    #expect(
      members.map(\.name) == [
        "scenario", "seeds", "rms_s", "p99_s", "max_s", "freq_rms", "within_1ms_s", "within_100us_s", "ratio",
        "worst_seed_ratio", "goal_ratio", "statistical_coverage", "hard_coverage", "parameters_digest", "p99_ratio",
        "max_ratio", "freq_ratio", "tightness", "samples",
      ])
    #expect(members[6].value == .null)
  }

  @Test func aGoalOfItsOwnIsJudged() throws {
    let text = #"""
      {"scenarios":{"x":{"poll_log2_s":4,"duration_s":9,"warm_s":1,"goal_rms_s":0.5,"model":{"base_s":1}}}}
      """#
    let scenario = try #require(try Scenario.read(Array(text.utf8)).first)
    func missed(rms: Double) -> JSONValue? {
      var record = RunRecord()
      for _ in 1...9 { record.append(offset: rms, frequency: 0, statistical: 9, hard: 9) }
      let runs = [RunMetrics(record, warm: 1)]
      return ScenarioResult(scenario: scenario, runs: runs, parametersDigest: "d").json["missed"]
    }
    guard case .array(let none)? = missed(rms: 0.4), case .array(let some)? = missed(rms: 0.6) else {
      Issue.record("nothing is told")
      return
    }
    #expect(!some.isEmpty && some.count == none.count + 1)
  }

  /// A scenario that expects something tells what it was judged by.
  @Test func expectationsAreJudged() throws {
    let text = #"""
      {"scenarios":{"x":{"poll_log2_s":0,"duration_s":20,"warm_s":1,"expect":{"events":[603],"no_events":[605],
      "followed":"nobody","max_s":2},"model":{"refclock":{"faults":[{"kind":"frozen","from_s":5,"to_s":15}]}}}}}
      """#
    let scenario = try #require(try Scenario.read(Array(text.utf8)).first)
    func missed(_ events: [Int: Int], heldFrom: Int, offset: Double = 1) -> [ScenarioGoal] {
      var record = RunRecord()
      for second in 1...20 {
        let isHeld = (heldFrom..<15).contains(second)
        record.append(
          offset: offset, frequency: 0, statistical: 0, hard: 9, followed: isHeld ? .nobody : .reference)
      }
      record.providerEvents = events
      let metrics = RunMetrics(record, warm: 1, isFaulty: scenario.isFaulty)
      return ScenarioResult(scenario: scenario, runs: [metrics], parametersDigest: "d").missed
    }
    #expect(missed([603: 1], heldFrom: 7).isEmpty)
    #expect(missed([603: 1], heldFrom: 8) == [.expected])
    #expect(missed([:], heldFrom: 7) == [.expected])
    #expect(missed([603: 1, 605: 1], heldFrom: 7) == [.expected])
    #expect(missed([603: 1], heldFrom: 7, offset: 2.5) == [.expected])
    let result = ScenarioResult(scenario: scenario, runs: [], parametersDigest: "d")
    #expect(result.json["followed_in_fault"] != nil && result.json["missed"] != nil)
  }
}
