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
  private var downstream: [DownstreamHost] = []
  private var referenceClocks: [SimulatedReferenceClock] = []
  private var oscillator: OscillatorProcess
  private var nextTick: RawInstant
  private let truth: TrueTime
  private let networkPause: TimeInterval
  private var record = RunRecord()

  /// Where the client's counter starts, and how far after a whole second of it the engine's ticks come.
  private static let counter = RawInstant(nanoseconds: 1_000_000_000_000)
  private static let tickPhase = TimeInterval.milliseconds(370)

  package init(
    _ scenario: Scenario, seed: UInt64, parameters: EngineParameters, modules: SimulatedModules,
    isRecorded: Bool = false
  ) throws(ProviderError) {
    self.scenario = scenario
    world = VirtualWorld(seed: seed, defaultPath: PathModel(constant: .milliseconds(1)))
    truth = TrueTime(scenario, start: world.now)
    networkPause = .seconds(4 << Int64(scenario.sources.map(\.maximumPoll).max() ?? scenario.poll))
    oscillator = OscillatorProcess(scenario.oscillator, random: SimulationRandom(seed: seed, stream: 1 << 61))
    let own = ModelOscillator(start: Self.counter, frequency: oscillator.next())
    client = world.addHost(
      addresses: [.ipv4(10, 1, 0, 1)],
      clock: ModelClock(time: truth.epoch + TimeInterval(seconds: scenario.initialOffset), at: Self.counter),
      oscillator: own)
    client.stampGranularity = scenario.stampGranularity
    var servers: [SimulatedServer] = []
    for (index, source) in scenario.sources.enumerated() {
      let host = world.addHost(
        addresses: [.ipv4(10, 0, UInt8(truncatingIfNeeded: index + 1), 1)],
        clock: ModelClock(time: truth.epoch + TimeInterval(seconds: source.server.offset)))
      world.network.setPath(source.up, from: client.node, to: host.node)
      world.network.setPath(source.down, from: host.node, to: client.node)
      servers.append(try SimulatedServer(host: host, model: source.server, truth: truth, module: modules.server))
    }
    self.servers = servers
    var engineParameters = parameters
    engineParameters.precision = -29
    discipline = SimulatedDiscipline(engine: Engine(clock: .system, parameters: engineParameters), host: client)
    if isRecorded {
      discipline.record(as: "simulate \(TompionVersion.text), scenario \(scenario.name), seed \(seed)")
    }
    nextTick = Self.counter + Self.tickPhase
    // The daemon looks at its clock before any provider starts.
    discipline.tick()
    if scenario.hasLeapTable { discipline.learn(Self.leapTable(truth)) }
    for (index, clock) in scenario.referenceClocks.enumerated() {
      do {
        let clock = try SimulatedReferenceClock(
          clock, number: index, seed: seed, on: client, in: world, truth: truth, modules: modules)
        discipline.add(clock.provider)
        referenceClocks.append(clock)
      } catch {
        let key = scenario.referenceClocks.count == 1 ? "refclock" : "refclock[\(index)]"
        throw SimulatedReferenceClock.named(error, key: key)
      }
    }
    if !scenario.sources.isEmpty {
      discipline.add(try client.start(modules.client, provider: "ntp-client", settings: clientSettings))
    }
    guard let clients = scenario.clients else { return }
    discipline.add(
      try client.start(
        modules.server, provider: "ntp-server", settings: [ProviderSetting(path: "allow[0]", value: .string("all"))]))
    for number in 0..<clients.count {
      downstream.append(
        try DownstreamHost(
          number: number, of: scenario, behind: client, in: world, truth: truth, seed: seed, parameters: parameters,
          modules: modules))
    }
  }

  /// What leap-seconds.list says: TAI − UTC of 2017 on, and the leap second of the run.
  private static func leapTable(_ truth: TrueTime) -> LeapTable {
    guard let leap = truth.leap else { return LeapTable(taiOffset: 37) }
    let moment = truth.epoch + .seconds(Int64(leap.at) + (leap.change < 0 ? 1 : 0))
    return LeapTable(taiOffset: 37, next: (moment.nanoseconds, Int16(37 + leap.change)))
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
      let boundary = truth.start + .seconds(Int64(second))
      for clock in referenceClocks { clock.live(second: second) }
      advance(to: boundary)
      measure()
      client.setOscillator(oscillator.next())
      for host in downstream { host.live() }
      for server in servers { server.live(second: second) }
      if second % 1000 == 0 { progress(second) }
    }
    for host in downstream {
      record.clientsJudged += host.judged
      record.clientsHeld += host.held
      record.clientsBound = min(record.clientsBound, host.greatestBound)
    }
    record.samples = discipline.samples
    record.steps = discipline.steps
    record.providerEvents = discipline.providerEvents
    record.engineEvents = discipline.engineEvents
    return record
  }

  /// Lets everything happen that is due up to a true moment: packets, receivers, ticks of the engine.
  private func advance(to boundary: RawInstant) {
    while true {
      let own = client.oscillator.moment(of: nextTick)
      let other = downstream.min { $0.due < $1.due }
      let due = min(own, other?.due ?? own)
      if world.step(until: min(due, boundary)) {
        drain()
        continue
      }
      guard due <= boundary else { return }
      if let other, other.due < own {
        other.tick()
        continue
      }
      discipline.tick()
      nextTick = nextTick + discipline.tickInterval
    }
  }

  /// Hands over what the provider brought; the engine may want its next tick sooner for it.
  private func drain() {
    discipline.drain()
    nextTick = min(nextTick, client.rawNow + discipline.tickInterval)
    for host in downstream { host.drain() }
  }

  /// The client's clock against the truth, at a whole true second.
  private func measure() {
    let raw = client.oscillator.exactRaw(at: world.now)
    let reading = client.clock.reading(at: raw)
    let offset = truth.error(of: reading.time, at: world.now)
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
    if !downstream.isEmpty {
      let isJudged = scenario.isFaulty(at: record.offsets.count + 1)
      let errors = downstream.map { $0.measure(truth, at: world.now, isJudged: isJudged) } + [offset]
      record.spreads.append((errors.max() ?? 0) - (errors.min() ?? 0))
    }
    record.append(
      offset: offset, frequency: frequency, statistical: statistical, hard: hard,
      followed: discipline.followed(pause: networkPause))
  }
}
