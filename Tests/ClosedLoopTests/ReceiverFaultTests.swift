// SPDX-License-Identifier: Apache-2.0

import Engine
import Scenarios
import Simulation
import Testing

@testable import ClosedLoop

/// Receivers and their faults, end to end: the provider, the engine, a steered clock, and the truth beside it. The whole matrix is
/// `./Tools/test receivers`; here is one of each kind.
@Suite struct ReceiverFaultTests {
  private func result(_ scenario: Scenario) throws -> ScenarioResult {
    let run = try ScenarioRun(
      scenario, seed: 5, parameters: EngineParameters(), modules: ScenarioRunTests.modules())
    let metrics = RunMetrics(run.run(), warm: scenario.warm, isFaulty: scenario.isFaulty)
    return ScenarioResult(scenario: scenario, runs: [metrics], parametersDigest: "")
  }

  private static func scenario(_ name: String, in file: String = "receiver-faults.json") throws -> Scenario {
    try #require(try ScenarioRunTests.file(file).first { $0.name == name })
  }

  @Test(arguments: [
    "fault-rollover-2038", "fault-weeks-ahead", "fault-leap-inserted-ubx", "fault-no-fix-sock", "fault-frozen-gpsd",
    "fault-ramp-nmea", "fault-jump-shm-beside", "fault-wrong-edge-pps", "fault-pulses-off-extts", "fault-phc-jump",
  ])
  func aFaultIsRefusedOrHeldOver(name: String) throws {
    let result = try result(Self.scenario(name))
    #expect(result.missed.isEmpty, "\(result.json.encoded)")
  }

  /// What is expected is not what comes anyway: without its fault none of them is told, and the receiver is followed throughout.
  @Test(arguments: ["fault-weeks-ahead", "fault-frozen-gpsd", "fault-wrong-edge-pps"])
  func withoutItsFaultTheExpectationIsNotMet(name: String) throws {
    var scenario = try Self.scenario(name)
    let faulty = scenario
    for index in scenario.referenceClocks.indices { scenario.referenceClocks[index].model.faults = [] }
    let run = try ScenarioRun(
      scenario, seed: 5, parameters: EngineParameters(), modules: ScenarioRunTests.modules())
    let metrics = RunMetrics(run.run(), warm: scenario.warm, isFaulty: faulty.isFaulty)
    #expect(!metrics.meets(faulty.expectation))
    #expect(metrics.providerEvents[603] == nil && metrics.followedInFault[.nobody] == nil)
  }

  /// A receiver that says how late it is only by way of the servers does not take the clock along before.
  @Test func aDelayIsLearnedBeforeItIsBelieved() throws {
    var scenario = try Self.scenario("gnss-ubx-learned", in: "receivers.json")
    (scenario.duration, scenario.warm) = (2000, 600)
    #expect(try result(scenario).missed.isEmpty)
  }
}
