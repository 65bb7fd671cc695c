// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import ProviderHost
import Scenarios
import Simulation
import TimeTypes
import VirtualHost

/// A host that follows the run's own, and nobody else: its oscillator, its engine and the NTP client.
final class DownstreamHost {
  let host: VirtualHost
  let discipline: SimulatedDiscipline
  private var oscillator: OscillatorProcess
  private var nextTick: RawInstant
  /// Seconds of `measure` in which it was called synchronized, those in which its hard bound held then, and the greatest one.
  private(set) var judged = 0
  private(set) var held = 0
  private(set) var greatestBound = 0.0

  private static let counter = RawInstant(nanoseconds: 2_000_000_000_000)

  init(
    number: Int, of scenario: Scenario, behind server: VirtualHost, in world: VirtualWorld, truth: TrueTime,
    seed: UInt64,
    parameters: EngineParameters, modules: SimulatedModules
  ) throws(ProviderError) {
    var model = scenario.oscillator
    // No two crystals are alike: 7 ppm from each to the next.
    model.base += 7e-6 * Double(number + 1)
    oscillator = OscillatorProcess(model, random: SimulationRandom(seed: seed, stream: 1 << 58 | UInt64(number)))
    host = world.addHost(
      addresses: [.ipv4(10, 2, UInt8(truncatingIfNeeded: number), 1)],
      clock: ModelClock(time: truth.epoch + TimeInterval(seconds: scenario.initialOffset), at: Self.counter),
      oscillator: ModelOscillator(start: Self.counter, frequency: oscillator.next()))
    if let clients = scenario.clients {
      world.network.setPath(clients.up, from: host.node, to: server.node)
      world.network.setPath(clients.down, from: server.node, to: host.node)
    }
    var own = parameters
    own.precision = -29
    discipline = SimulatedDiscipline(engine: Engine(clock: .system, parameters: own), host: host)
    nextTick = Self.counter + .milliseconds(50 * Int64(number + 1))
    discipline.tick()
    let poll = ProviderSetting.Value.integer(Int64(scenario.poll))
    discipline.add(
      try host.start(
        modules.client, provider: "ntp-client",
        settings: [
          ProviderSetting(path: "source[0].address", value: .string("10.1.0.1")),
          ProviderSetting(path: "source[0].min_poll", value: poll),
          ProviderSetting(path: "source[0].max_poll", value: poll),
        ]))
  }

  /// When its engine wants to hear that time passed.
  var due: RawInstant { host.oscillator.moment(of: nextTick) }

  func tick() {
    discipline.tick()
    nextTick = nextTick + discipline.tickInterval
  }

  func drain() {
    discipline.drain()
    nextTick = min(nextTick, host.rawNow + discipline.tickInterval)
  }

  func live() { host.setOscillator(oscillator.next()) }

  /// Its clock's error at a whole true second and, where that is judged, whether the bound that it publishes holds.
  func measure(_ truth: TrueTime, at moment: RawInstant, isJudged: Bool) -> Double {
    let raw = host.oscillator.exactRaw(at: moment)
    let error = truth.error(of: host.clock.time(at: raw), at: moment)
    let state = discipline.state
    guard isJudged, state.synchronized else { return error }
    let bound = state.boundHard.inSeconds + (raw - state.raw).inSeconds * state.dispersionRate.ratio
    judged += 1
    if error.magnitude <= bound { held += 1 }
    greatestBound = max(greatestBound, bound)
    return error
  }
}
