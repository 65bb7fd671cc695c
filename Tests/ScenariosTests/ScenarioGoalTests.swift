// SPDX-License-Identifier: Apache-2.0

import Report
import Simulation
import Testing
import TimeTypes

@testable import Scenarios

@Suite struct ScenarioGoalTests {
  static let bounded = 1...400

  /// 400 s of the given error and frequency; chrony reached 2 s, 2 s, 2 s and 2, and both limits at once.
  static func result(
    offset: [Double] = [1], frequency: Double = 1, statistical: Double = 4, hard: Double = 9, model: String = "",
    goal: String = #""goal_ratio":0.5"#
  ) throws -> ScenarioResult {
    let text = #"""
      {"scenarios":{"x":{"poll_log2_s":0,"duration_s":400,"warm_s":1,\#(goal),"model":{"base_s":1\#(model)},
      "chrony_fixed":{"rms_s":2,"p99_s":2,"max_s":2,"freq_rms":2,"within_1ms_s":null,"within_100us_s":10}}}}
      """#
    let scenario = try #require(try Scenario.read(Array(text.utf8)).first)
    let runs = offset.map { offset in
      var record = RunRecord()
      for _ in bounded { record.append(offset: offset, frequency: frequency, statistical: statistical, hard: hard) }
      return RunMetrics(record, warm: 1)
    }
    return ScenarioResult(scenario: scenario, runs: runs, parametersDigest: "d")
  }

  @Test func whatIsGoodMissesNothingButTheConvergence() throws {
    let result = try Self.result()
    #expect(result.missed == [.within100Microseconds])
    #expect(result.meets(.within1Millisecond) == nil)
    #expect(try Self.result(offset: [5e-5], statistical: 1e-4).missed.isEmpty)
  }

  @Test func eachGoalAlone() throws {
    #expect(try Self.result(offset: [1.01], statistical: 4.04).meets(.rms) == false)
    #expect(try Self.result(offset: [1, 1, 2.21], statistical: 4).missed.contains(.worstSeed))
    #expect(try Self.result(offset: [1, 1, 2.19], statistical: 4).meets(.worstSeed) == true)
    let worse = try Self.result(offset: [2.01])
    #expect(worse.meets(.p99) == false && worse.meets(.maximum) == false)
    #expect(try Self.result(frequency: 2.01).meets(.frequency) == false)
    #expect(try Self.result(frequency: 2).meets(.frequency) == true)
    #expect(try Self.result(statistical: 0.9).meets(.statisticalCoverage) == false)
    #expect(try Self.result(hard: 0.9).meets(.hardCoverage) == false)
    #expect(try Self.result(statistical: 4.1).meets(.tightness) == false)
  }

  /// Where nobody knows what chrony does: a figure that no seed may exceed.
  @Test func aFigureOfItsOwn() throws {
    let goal = #""goal_rms_s":1.5"#
    #expect(try Self.result(offset: [1, 1.5], goal: goal).meets(.rms) == true)
    #expect(try Self.result(offset: [1, 1, 1.51], goal: goal).meets(.rms) == false)
    #expect(throws: ScenarioError.self) { try Self.result(goal: #""goal_rms_s":0"#) }
  }

  /// Nobody can know the offset on a path that is always longer one way; the hard bound has to hold all the same.
  @Test(arguments: [
    (#","up_base_s":2"#, false), (#","down_extra":{"kind":"route","at_s":5,"change_s":0.1}"#, false),
    (#","extra":{"kind":"route","at_s":5,"change_s":0.1}"#, true),
    (#","up_jitter":{"dist":"uniform","max_s":1}"#, true),
  ])
  func theStatisticalBoundIsForSymmetricPaths(model: String, isSymmetric: Bool) throws {
    let result = try Self.result(statistical: 0.5, hard: 0.5, model: model)
    #expect(result.meets(.statisticalCoverage) == (isSymmetric ? false : nil))
    #expect(result.meets(.hardCoverage) == false)
  }

  /// A clock that never says that it is synchronized has bounds that never held.
  @Test func noBoundIsNoBound() throws {
    let result = try Self.result(statistical: .infinity, hard: .infinity)
    #expect(result.hardCoverage == nil)
    #expect(result.meets(.hardCoverage) == false && result.meets(.statisticalCoverage) == false)
  }
}
