// SPDX-License-Identifier: Apache-2.0

import Engine
import Scenarios
import Testing

@testable import ClosedLoop

/// One set of parameters for every scenario: a file describes the world, never the estimator.
@Suite struct OneParameterSetTests {
  static let files = ["given.json", "own.json", "receivers.json", "receiver-faults.json", "temperature.json"]

  /// Asked of the engines themselves, once each is up and its sources have been announced to it.
  @Test(arguments: files)
  func everyScenarioHasTheSameEngine(file: String) throws {
    let modules = try ScenarioRunTests.modules()
    var expected = EngineParameters()
    // The precision of the simulator's own clock, which the daemon measures of its.
    expected.precision = -29
    let scenarios = try ScenarioRunTests.file(file)
    #expect(!scenarios.isEmpty)
    for var scenario in scenarios {
      scenario.duration = 2
      let run = try ScenarioRun(scenario, seed: 1, parameters: EngineParameters(), modules: modules)
      _ = run.run()
      #expect(run.parametersDigest == expected.digest, "\(scenario.name)")
    }
  }

  /// The digest in the results is the engine's: another engine shows.
  @Test func anotherParameterShows() throws {
    let modules = try ScenarioRunTests.modules()
    var other = EngineParameters()
    other.smoothness *= 2
    let scenario = try #require(try ScenarioRunTests.file("given.json").first)
    let first = try ScenarioRun(scenario, seed: 1, parameters: EngineParameters(), modules: modules)
    let second = try ScenarioRun(scenario, seed: 1, parameters: other, modules: modules)
    #expect(first.parametersDigest != second.parametersDigest)
  }

  /// Every parameter's name, and what somebody might call the whole, is refused at every level of a file.
  @Test func noParameterIsAKeyOfAScenario() throws {
    let names = Mirror(reflecting: EngineParameters()).children.compactMap(\.label)
    #expect(names.contains("smoothness"))
    let warmth = #"{"kind":"temperature","seconds":[0,9],"values":[1,2],"turnover":1,"per_degree":0}"#
    let levels = [
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1}},"y":{KEY}}}"#,
      #"{KEY,"scenarios":{"x":{WORLD,"model":{"base_s":1}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1},KEY}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1,KEY}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1,"sources":[{KEY}]}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1,"jitter":{"dist":"none",KEY}}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1,"extra":{"kind":"route","at_s":1,"change_s":1,KEY}}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"refclock":{KEY}}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1},"freq_extra":[{"kind":"drift","per_s":0,KEY}]}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1},"freq_extra":[WARMTH],"temperature_sensor":{"table":[[1,2]],KEY}}}}"#,
      #"{"scenarios":{"x":{WORLD,"model":{"base_s":1},"chrony_fixed":{"rms_s":1,"p99_s":1,"max_s":1,"freq_rms":1,KEY}}}}"#,
    ].map { $0.replacing("WARMTH", with: warmth) }
    for name in names + ["parameters", "engine", "estimator", "clock", "poll"] {
      for level in levels {
        let text = level.replacing("WORLD", with: #""poll_log2_s":4,"duration_s":9,"warm_s":1"#)
          .replacing("KEY", with: "\"\(name)\":1")
        #expect(throws: ScenarioError.self, "\(name) in \(level)") { try Scenario.read(Array(text.utf8)) }
      }
    }
    // Without the stranger each level is well.
    for level in levels.dropFirst() {
      var text = level.replacing("WORLD", with: #""poll_log2_s":4,"duration_s":9,"warm_s":1"#)
      text = text.replacing(",KEY", with: "").replacing("KEY,", with: "").replacing("KEY", with: "")
      #expect(throws: Never.self, "\(level)") { try Scenario.read(Array(text.utf8)) }
    }
  }
}
