// SPDX-License-Identifier: Apache-2.0

import Engine
import Report
import Scenarios
import Simulation
import Testing

@testable import ClosedLoop

/// What [control] tells the engine, by the daemon's own code: whose the seconds of pulses are, and how warm the oscillator is.
@Suite struct SimulatedControlTests {
  private static func scenario(_ name: String, in file: String, duration: Int, warm: Int) throws -> Scenario {
    var scenario = try #require(try ScenarioRunTests.file(file).first { $0.name == name })
    (scenario.duration, scenario.warm) = (duration, warm)
    return scenario
  }

  private func metrics(_ scenario: Scenario) throws -> RunMetrics {
    let run = try ScenarioRun(
      scenario, seed: 3, parameters: EngineParameters(), modules: ScenarioRunTests.modules())
    return RunMetrics(run.run(), warm: scenario.warm)
  }

  /// Without the lock nobody numbers them: the only other source is not followed.
  @Test func pulsesAreNumberedByTheSourceTheyAreLockedTo() throws {
    var scenario = try Self.scenario("pps-locked", in: "receivers.json", duration: 1500, warm: 500)
    let locked = try metrics(scenario)
    #expect(locked.rms < 1e-6 && locked.judged == 1001 && locked.hardHeld == 1001, "\(locked.rms)")
    scenario.referenceClocks[1].settings["lock"] = nil
    #expect(try metrics(scenario).judged == 0)
    scenario.referenceClocks[1].settings["lock"] = .string("nobody")
    #expect(try metrics(scenario).judged == 0)
  }

  /// And by nobody else: two servers three seconds off take them along where they may.
  @Test func othersDoNotNumberThem() throws {
    var scenario = try Self.scenario("pps-locked-against-servers", in: "receivers.json", duration: 1500, warm: 500)
    let locked = try metrics(scenario)
    #expect(locked.maximum < 1e-5 && locked.judged == 1001, "\(locked.maximum)")
    scenario.referenceClocks[1].settings["lock"] = nil
    #expect((try metrics(scenario).maximum - 3).magnitude < 0.01)
  }

  /// 20 degrees in an hour, down again in an hour without a server.
  private static func ramp(_ name: String) throws -> Scenario {
    var scenario = try scenario(name, in: "temperature.json", duration: 12_000, warm: 3000)
    let trace = try #require(
      RecordedTrace(seconds: [0, 3000, 6600, 8000, 11_600, 12_000], values: [25, 25, 45, 45, 25, 25]))
    scenario.oscillator.changes = scenario.oscillator.changes.map { change in
      guard case .temperature(var model) = change else { return change }
      model.trace = trace
      return .temperature(model)
    }
    for index in scenario.sources.indices {
      scenario.sources[index].up.outages = [8000..<11_600]
      scenario.sources[index].down.outages = [8000..<11_600]
    }
    return scenario
  }

  @Test(arguments: ["temperature-ramp-table", "temperature-ramp-fitted"])
  func aSensorKeepsTheClockThroughARamp(name: String) throws {
    let (with, without) = (try metrics(Self.ramp(name)), try metrics(Self.ramp("temperature-ramp")))
    #expect(with.maximum < without.maximum / 5, "\(with.maximum) \(without.maximum)")
    #expect(with.hardHeld == with.judged && without.hardHeld == without.judged)
    #expect(with.engineEvents[EventKind.temperatureLost.slug] == nil)
  }

  /// A table that ends below the warmth of the run is told, once each way.
  @Test func whatTheTableDoesNotKnowIsTold() throws {
    var scenario = try Self.ramp("temperature-ramp-table")
    scenario.temperatureSensor?.known = .table("20000 -0.27\n30000 0.22\n")
    scenario.temperatureSensor?.model.noise = 0
    let events = try metrics(scenario).engineEvents
    #expect(events[EventKind.temperatureLost.slug] == 1 && events[EventKind.temperatureFound.slug] == 1, "\(events)")
  }
}
