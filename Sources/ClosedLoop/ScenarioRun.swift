// SPDX-License-Identifier: Apache-2.0

import ClockPort
package import Engine
package import ProviderHost
import Report
package import Scenarios
import Simulation
import TimeTypes
import VirtualHost

/// A scenario with one seed: hosts, paths and providers in virtual time, the engine on a model of the kernel's clock, and the truth
/// beside it. One thread; the same scenario, seed and parameters give the same record, bit for bit.
package final class ScenarioRun {
  private let scenario: Scenario
  private let world: VirtualWorld
  private let client: VirtualHost
  private let discipline: SimulatedDiscipline
  private let servers: [SimulatedServer]
  private var referenceClocks: [SimulatedReferenceClock]
  private var oscillator: OscillatorProcess
  private var nextTick: RawInstant
  private let start: RawInstant
  private var record = RunRecord()

  /// Where every clock starts: a second of 2026.
  private static let epoch = TimeInterval.seconds(1_790_000_000)
  /// Where the client's counter starts, and how far after a whole second of it the engine's ticks come.
  private static let counter = RawInstant(nanoseconds: 1_000_000_000_000)
  private static let tickPhase = TimeInterval.milliseconds(370)

  package init(
    _ scenario: Scenario, seed: UInt64, parameters: EngineParameters, modules: SimulatedModules,
    isRecorded: Bool = false
  ) throws(ProviderError) {
    self.scenario = scenario
    world = VirtualWorld(seed: seed, defaultPath: PathModel(constant: .milliseconds(1)))
    start = world.now
    oscillator = OscillatorProcess(scenario.oscillator, random: SimulationRandom(seed: seed, stream: 1 << 61))
    let own = ModelOscillator(start: Self.counter, frequency: oscillator.next())
    client = world.addHost(
      addresses: [.ipv4(10, 1, 0, 1)],
      clock: ModelClock(time: Self.epoch + TimeInterval(seconds: scenario.initialOffset), at: Self.counter),
      oscillator: own)
    client.stampGranularity = scenario.stampGranularity
    var servers: [SimulatedServer] = []
    for (index, source) in scenario.sources.enumerated() {
      let host = world.addHost(
        addresses: [.ipv4(10, 0, UInt8(truncatingIfNeeded: index + 1), 1)],
        clock: ModelClock(time: Self.epoch + TimeInterval(seconds: source.server.offset)))
      world.network.setPath(source.up, from: client.node, to: host.node)
      world.network.setPath(source.down, from: host.node, to: client.node)
      servers.append(try SimulatedServer(host: host, model: source.server, module: modules.server))
    }
    self.servers = servers
    var engineParameters = parameters
    engineParameters.precision = -29
    discipline = SimulatedDiscipline(engine: Engine(clock: .system, parameters: engineParameters), host: client)
    if isRecorded {
      discipline.record(as: "simulate \(TompionVersion.text), scenario \(scenario.name), seed \(seed)")
    }
    referenceClocks = []
    nextTick = Self.counter + Self.tickPhase
    // The daemon looks at its clock before any provider starts.
    discipline.tick()
    for (index, model) in scenario.referenceClocks.enumerated() {
      let clock = SimulatedReferenceClock(model, number: UInt32(index), seed: seed, start: start)
      discipline.add(clock.id, SimulatedReferenceClock.options(poll: scenario.poll))
      referenceClocks.append(clock)
    }
    if !scenario.sources.isEmpty {
      discipline.provider = try client.start(modules.client, provider: "ntp-client", settings: clientSettings)
    }
  }

  /// Of the parameters that this run's engine really has: the same in every scenario.
  package var parametersDigest: String { discipline.parametersDigest }

  /// After the run: what the engine took in, as a file to replay; nil = it was not recorded.
  package func takeRecord() -> [UInt8]? { discipline.takeRecord() }

  private var clientSettings: [ProviderSetting] {
    var settings: [ProviderSetting] = []
    for (index, source) in scenario.sources.enumerated() {
      let prefix = "source[\(index)]."
      settings.append(ProviderSetting(path: prefix + "address", value: .string("10.0.\(index + 1).1")))
      settings.append(ProviderSetting(path: prefix + "min_poll", value: .integer(Int64(source.minimumPoll))))
      settings.append(ProviderSetting(path: prefix + "max_poll", value: .integer(Int64(source.maximumPoll))))
      for (option, flag) in source.options.sorted(by: { $0.key < $1.key }) {
        settings.append(ProviderSetting(path: prefix + option, value: .boolean(flag)))
      }
    }
    return settings
  }

  /// Runs to the end; call once. `progress` hears of every 1000th second.
  package func run(progress: (Int) -> Void = { _ in }) -> RunRecord {
    for second in 1...scenario.duration {
      let boundary = start + .seconds(Int64(second))
      advance(to: boundary)
      measure()
      client.setOscillator(oscillator.next())
      for server in servers { server.live(second: second) }
      if second % 1000 == 0 { progress(second) }
    }
    record.samples = discipline.samples
    record.steps = discipline.steps
    return record
  }

  /// Lets everything happen that is due up to a true moment: packets, ticks of the engine, samples of reference clocks.
  private func advance(to boundary: RawInstant) {
    while true {
      var due = client.oscillator.moment(of: nextTick)
      var clock: Int?
      for index in referenceClocks.indices where referenceClocks[index].next < due {
        due = referenceClocks[index].next
        clock = index
      }
      if world.step(until: min(due, boundary)) {
        drain()
        continue
      }
      guard due <= boundary else { return }
      if let clock {
        sample(clock)
      } else {
        discipline.tick()
        nextTick = nextTick + discipline.tickInterval
      }
    }
  }

  /// Hands over what the provider brought; the engine may want its next tick sooner for it.
  private func drain() {
    discipline.drain()
    nextTick = min(nextTick, client.rawNow + discipline.tickInterval)
  }

  private var truth: TimeInterval { Self.epoch + (world.now - start) }

  private func sample(_ index: Int) {
    let elapsed = (world.now - start).inSeconds
    if let sample = referenceClocks[index].sample(on: client, elapsed: elapsed, truth: truth, poll: scenario.poll) {
      discipline.take(sample)
    }
  }

  /// The client's clock against the truth, at a whole true second.
  private func measure() {
    let raw = client.oscillator.exactRaw(at: world.now)
    let reading = client.clock.reading(at: raw)
    let offset = (reading.time - truth).inSeconds
    let frequency = (1 + reading.frequency.ratio) * (1 + client.oscillator.frequency.ratio) - 1
    let state = discipline.state
    var statistical = Double.infinity
    var hard = Double.infinity
    if state.synchronized {
      let age = (raw - state.raw).inSeconds
      let growth = age * state.dispersionRate.ratio
      statistical = state.boundStatistical.inSeconds + age * state.statisticalRate.ratio
      hard = state.boundHard.inSeconds + growth
    }
    record.append(offset: offset, frequency: frequency, statistical: statistical, hard: hard)
  }
}
