// SPDX-License-Identifier: Apache-2.0

import Engine
import Report
import Scenarios
import Simulation
import Testing

@testable import ClosedLoop

/// A server that lost what it follows: its clients stay together while the bound grows (Scenarios/continuity.json, here shorter).
@Suite struct ContinuityTests {
  private static let fault = 1200.0..<2700.0

  private static func scenario(_ name: String) throws -> Scenario {
    var scenario = try #require(try ScenarioRunTests.file("continuity.json").first { $0.name == name })
    (scenario.duration, scenario.warm) = (2800, 900)
    scenario.clients?.count = 2
    for index in scenario.referenceClocks.indices {
      scenario.referenceClocks[index].model.faults = [
        ReceiverFault(.noFix, from: fault.lowerBound, to: fault.upperBound)
      ]
    }
    for index in scenario.sources.indices {
      scenario.sources[index].up.outages = [fault]
      scenario.sources[index].down.outages = [fault]
    }
    // What holdover adds at the least, 15 ppm, less what an estimate of a poll ago knows.
    scenario.expectation.boundReaches = 15e-6 * (fault.upperBound - fault.lowerBound - 64)
    return scenario
  }

  private func metrics(_ scenario: Scenario) throws -> RunMetrics {
    let run = try ScenarioRun(
      scenario, seed: 2, parameters: EngineParameters(), modules: ScenarioRunTests.modules())
    return RunMetrics(run.run(), warm: scenario.warm, isFaulty: scenario.isFaulty)
  }

  @Test(arguments: ["continuity-receiver", "continuity-upstream"])
  func clientsStayTogetherWhileTheBoundGrows(name: String) throws {
    let scenario = try Self.scenario(name)
    let metrics = try metrics(scenario)
    #expect(
      metrics.meets(scenario.expectation),
      "apart \(metrics.greatestSpread) s, bound \(metrics.leastBound) s, held \(metrics.clientsHeld), \(metrics.followedInFault), \(metrics.providerEvents)"
    )
    #expect(metrics.hardHeld == metrics.judged && metrics.judged > 0)
    #expect(metrics.engineEvents[EventKind.sourceChosen.slug] ?? 0 >= 2, "that nobody is followed is told")
  }

  /// It is the server that keeps them together: without it each goes where its own crystal takes it.
  @Test func withoutTheServerTheyPart() throws {
    var scenario = try Self.scenario("continuity-receiver")
    scenario.clients?.up.outages = [Self.fault]
    let metrics = try metrics(scenario)
    let kept = try self.metrics(Self.scenario("continuity-receiver"))
    #expect(metrics.greatestSpread > 2 * kept.greatestSpread)
    scenario.clients?.up.loss = 1
    #expect(try !self.metrics(scenario).meets(scenario.expectation))
  }
}
