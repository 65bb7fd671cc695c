// SPDX-License-Identifier: Apache-2.0

import Engine
import GNSS
import LinuxKernel
import NTPClient
import NTPServer
import PHC
import PPS
import ProviderHost
import Recording
import Replaying
import Scenarios
import Simulation
import Testing

@testable import ClosedLoop

@Suite struct ScenarioRunTests {
  static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Scenarios/"

  static func file(_ name: String) throws -> [Scenario] { try Scenario.read(SmallFile.read(folder + name)) }

  static func modules() throws -> SimulatedModules {
    SimulatedModules(
      client: try ProviderModule(path: "built in", pointer: ntpClientModule()),
      server: try ProviderModule(path: "built in", pointer: ntpServerModule()),
      gnss: try ProviderModule(path: "built in", pointer: gnssModule()),
      pps: try ProviderModule(path: "built in", pointer: ppsModule()),
      phc: try ProviderModule(path: "built in", pointer: phcModule()))
  }

  private func scenario(_ name: String, _ file: String = "given.json", duration: Int, warm: Int) throws -> Scenario {
    var scenario = try #require(try Self.file(file).first { $0.name == name })
    scenario.duration = duration
    scenario.warm = warm
    return scenario
  }

  private func run(_ scenario: Scenario, seed: UInt64 = 1) throws -> RunRecord {
    try ScenarioRun(scenario, seed: seed, parameters: EngineParameters(), modules: Self.modules()).run()
  }

  @Test func everyFileIsRead() throws {
    #expect(try Self.file("given.json").count == 10)
    #expect(try Self.file("given.json").allSatisfy { $0.fixed != nil && $0.goalRatio != nil })
    #expect(try Self.file("own.json").count > 20)
  }

  @Test(arguments: ["falsetickers", "pps"])
  func theSameSeedGivesTheSameBits(name: String) throws {
    let scenario = try scenario(name, duration: 1500, warm: 500)
    let first = try run(scenario)
    #expect(try run(scenario).digest == first.digest)
    #expect(try run(scenario, seed: 2).digest != first.digest)
    #expect(first.offsets.count == 1500)
  }

  /// The loop closes: 10 ms and 20 ppm are gone, samples come at each poll, and both bounds hold most of the time.
  @Test func aLANIsFollowedToMicroseconds() throws {
    let record = try run(scenario("lan-software-stamps", duration: 6000, warm: 3000))
    let metrics = RunMetrics(record, warm: 3000)
    #expect(record.offsets[0].magnitude > 5e-3)
    #expect(metrics.rms < 20e-6)
    #expect(metrics.frequencyRMS < 5e-7)
    #expect((6000 / 16...6000 / 12).contains(record.samples))
    #expect(metrics.hardHeld == metrics.judged && metrics.judged == 3001)
  }

  /// The model of the clock has no hidden error: with nothing to follow, 20 ppm for 100 s are 2 ms on top of the 10.
  @Test func nobodyToFollowMeansFreeRunning() throws {
    var scenario = try scenario("lan-software-stamps", duration: 100, warm: 1)
    scenario.oscillator.wander = 0
    scenario.sources[0].up.loss = 1
    let record = try run(scenario)
    #expect(record.samples == 0)
    #expect(abs((record.offsets.last ?? 0) - 0.012) < 1e-9)
    #expect(record.frequencies.allSatisfy { abs($0 - 2e-5) < 1e-12 })
    #expect(record.hardBounds.allSatisfy { $0 == .infinity })
  }

  /// A source that lies alone is followed into its lie, so the lie really reaches the packets.
  @Test func aLyingServerLies() throws {
    var scenario = try scenario("lan-software-stamps", duration: 2000, warm: 1500)
    scenario.sources[0].server = ServerModel(offset: 0.001, jumps: [.init(at: 1000, by: 0.002)])
    let record = try run(scenario)
    #expect(abs(record.offsets[998] - 0.001) < 1e-4)
    #expect(abs((record.offsets.last ?? 0) - 0.003) < 1e-4)
  }

  /// A simulated host's engine, run again on what it was told: the same actions, and recording changes nothing.
  @Test(arguments: [("falsetickers", "given.json"), ("pps-with-network", "own.json"), ("cold-start", "own.json")])
  func aRecordedRunReplaysBitForBit(name: String, file: String) throws {
    let scenario = try scenario(name, file, duration: 1500, warm: 500)
    let run = try ScenarioRun(
      scenario, seed: 4, parameters: EngineParameters(), modules: Self.modules(), isRecorded: true)
    let record = run.run()
    let replay = try Replay(try #require(run.takeRecord()))
    #expect(replay.isIdentical == true, "\(replay.verdict)")
    #expect(replay.end == .stopped && replay.foreign.isEmpty)
    #expect(replay.counts.first { $0.kind == "sample" }?.count == record.samples)
    #expect(try self.run(scenario, seed: 4).digest == record.digest)
  }

  /// What the provider refuses is named as the scenario has it.
  @Test func aWrongKeyOfAReferenceClock() throws {
    var scenario = try scenario("pps-with-network", "own.json", duration: 100, warm: 10)
    let index = try #require(scenario.referenceClocks.indices.last)
    scenario.referenceClocks[index].settings["max_jumps"] = .integer(3)
    do {
      _ = try ScenarioRun(scenario, seed: 1, parameters: EngineParameters(), modules: Self.modules())
      Issue.record("it was taken")
    } catch {
      let text = "\(error)"
      #expect(text.contains(".settings.max_jumps: is refused") && text.contains("refclock"), "\(text)")
    }
  }

  /// One set of parameters for all: nothing in a scenario reaches the engine's.
  @Test func theDigestTellsParametersApart() {
    var other = EngineParameters()
    #expect(other.digest == EngineParameters().digest && other.digest.utf8.count == 16)
    other.smoothness *= 2
    #expect(other.digest != EngineParameters().digest)
  }
}
