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
}
