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
  private let client: SimulatedHost
  private var control: SimulatedControl
  private let servers: [SimulatedServer]
  private var downstream: [DownstreamHost] = []
  private var referenceClocks: [SimulatedReferenceClock] = []
  private let truth: TrueTime
  private let networkPause: TimeInterval
  private var record = RunRecord()

  package init(
    _ scenario: Scenario, seed: UInt64, parameters: EngineParameters, modules: SimulatedModules,
    isRecorded: Bool = false
  ) throws(ProviderError) {
    self.scenario = scenario
    world = VirtualWorld(seed: seed, defaultPath: PathModel(constant: .milliseconds(1)))
    truth = TrueTime(scenario, start: world.now)
    networkPause = .seconds(4 << Int64(scenario.sources.map(\.maximumPoll).max() ?? scenario.poll))
    control = SimulatedControl(scenario, seed: seed)
    client = SimulatedHost(
      SimulatedHost.Kind(
        address: .ipv4(10, 1, 0, 1), oscillator: scenario.oscillator, stream: 1 << 61,
        counter: RawInstant(nanoseconds: 1_000_000_000_000), tickPhase: .milliseconds(370)),
      of: scenario, in: world, truth: truth, seed: seed, parameters: parameters)
    let own = client.host
    own.stampGranularity = scenario.stampGranularity
    var servers: [SimulatedServer] = []
    for (index, source) in scenario.sources.enumerated() {
      let host = world.addHost(
        addresses: [.ipv4(10, 0, UInt8(truncatingIfNeeded: index + 1), 1)],
        clock: ModelClock(time: truth.epoch + TimeInterval(seconds: source.server.offset)))
      world.network.setPath(source.up, from: own.node, to: host.node)
      world.network.setPath(source.down, from: host.node, to: own.node)
      servers.append(try SimulatedServer(host: host, model: source.server, truth: truth, module: modules.server))
    }
    self.servers = servers
    let discipline = client.discipline
    if isRecorded {
      discipline.record(as: "simulate \(TompionVersion.text), scenario \(scenario.name), seed \(seed)")
    }
    // The daemon looks at its clock before any provider starts.
    discipline.tick()
    if scenario.hasLeapTable { discipline.learn(Self.leapTable(truth)) }
    for (index, clock) in scenario.referenceClocks.enumerated() {
      do {
        let clock = try SimulatedReferenceClock(
          clock, number: index, seed: seed, on: own, in: world, truth: truth, modules: modules)
        discipline.add(clock.provider)
        referenceClocks.append(clock)
      } catch {
        let key = scenario.referenceClocks.count == 1 ? "refclock" : "refclock[\(index)]"
        throw SimulatedReferenceClock.named(error, key: key)
      }
    }
    if !scenario.sources.isEmpty {
      discipline.add(try own.start(modules.client, provider: "ntp-client", settings: clientSettings))
    }
    control.turn(second: 0, on: discipline)
    guard let clients = scenario.clients else { return }
    discipline.add(
      try own.start(
        modules.server, provider: "ntp-server", settings: [ProviderSetting(path: "allow[0]", value: .string("all"))]))
    for number in 0..<clients.count {
      downstream.append(
        try DownstreamHost(
          number: number, of: scenario, behind: own, in: world, truth: truth, seed: seed, parameters: parameters,
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
  package var parametersDigest: String { client.discipline.parametersDigest }

  /// After the run: what the engine took in, as a file to replay; nil = it was not recorded.
  package func takeRecord() -> [UInt8]? { client.discipline.takeRecord() }

  private var clientSettings: [ProviderSetting] {
    var settings: [ProviderSetting] = []
    for (index, source) in scenario.sources.enumerated() {
      let prefix = "source[\(index)]."
      settings.append(ProviderSetting(path: prefix + "address", value: .string(Scenario.address(ofSource: index))))
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
      control.turn(second: second, on: client.discipline)
      client.live()
      for host in downstream { host.client.live() }
      for server in servers { server.live(second: second) }
      if second % 1000 == 0 { progress(second) }
    }
    for host in downstream {
      record.clientsJudged += host.judged
      record.clientsHeld += host.held
      record.clientsBound = min(record.clientsBound, host.greatestBound)
    }
    record.samples = client.discipline.samples
    record.steps = client.discipline.steps
    record.providerEvents = client.discipline.providerEvents
    record.engineEvents = client.discipline.engineEvents
    return record
  }

  /// Lets everything happen that is due up to a true moment: packets, receivers, ticks of the engines.
  private func advance(to boundary: RawInstant) {
    while true {
      // Of two at once the run's own is first.
      var next = client
      for host in downstream where host.client.due < next.due { next = host.client }
      let due = next.due
      if world.step(until: min(due, boundary)) {
        client.drain()
        for host in downstream { host.client.drain() }
        continue
      }
      guard due <= boundary else { return }
      next.tick()
    }
  }

  /// The client's clock against the truth, at a whole true second.
  private func measure() {
    let now = world.now
    let reading = client.reading(at: now)
    let offset = truth.error(of: reading.time, at: now)
    let frequency = (1 + reading.frequency.ratio) * (1 + client.host.oscillator.frequency.ratio) - 1
    let (statistical, hard) = client.bounds(at: now)
    if !downstream.isEmpty {
      let second = record.offsets.count + 1
      let (isJudged, isFaulty) = (second > scenario.warm, scenario.isFaulty(at: second))
      let errors = downstream.map { $0.measure(truth, at: now, isJudged: isJudged, isFaulty: isFaulty) } + [offset]
      record.spreads.append((errors.max() ?? 0) - (errors.min() ?? 0))
    }
    record.append(
      offset: offset, frequency: frequency, statistical: statistical, hard: hard,
      followed: client.discipline.followed(pause: networkPause))
  }
}
