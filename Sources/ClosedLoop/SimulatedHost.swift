// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import ProviderHost
import Scenarios
import Simulation
import TimeTypes
import VirtualHost

/// A host of a run whose clock an engine disciplines: its oscillator, its counter, its engine, and when that wants to hear that time passed.
final class SimulatedHost {
  let host: VirtualHost
  let discipline: SimulatedDiscipline
  private var oscillator: OscillatorProcess
  private var nextTick: RawInstant

  /// What tells one host of a run from another.
  struct Kind {
    var address: VirtualAddress
    var oscillator: OscillatorModel
    /// Of the run's generators, the oscillator's.
    var stream: UInt64
    /// Where its counter starts, and how far after a whole second of it the engine's ticks come.
    var counter: RawInstant
    var tickPhase: TimeInterval
  }

  /// Its clock shows the scenario's initial offset.
  init(
    _ kind: Kind, of scenario: Scenario, in world: VirtualWorld, truth: TrueTime, seed: UInt64,
    parameters: EngineParameters
  ) {
    oscillator = OscillatorProcess(kind.oscillator, random: SimulationRandom(seed: seed, stream: kind.stream))
    host = world.addHost(
      addresses: [kind.address],
      clock: ModelClock(time: truth.epoch + TimeInterval(seconds: scenario.initialOffset), at: kind.counter),
      oscillator: ModelOscillator(start: kind.counter, frequency: oscillator.next()))
    var own = parameters
    // Of the simulator's clock, which the daemon measures of its.
    own.precision = -29
    discipline = SimulatedDiscipline(engine: Engine(clock: .system, parameters: own), host: host)
    nextTick = kind.counter + kind.tickPhase
  }

  /// When its engine wants to hear that time passed.
  var due: RawInstant { host.oscillator.moment(of: nextTick) }

  func tick() {
    discipline.tick()
    nextTick = nextTick + discipline.tickInterval
  }

  /// Hands over what the providers brought; the engine may want its next tick sooner for it.
  func drain() {
    discipline.drain()
    nextTick = min(nextTick, host.rawNow + discipline.tickInterval)
  }

  /// A true second has passed for the oscillator.
  func live() { host.setOscillator(oscillator.next()) }

  /// Its clock at a true moment.
  func reading(at moment: RawInstant) -> ClockReading { host.clock.reading(at: host.oscillator.exactRaw(at: moment)) }

  /// Both published bounds as a reader extends them to that moment, s; infinite while it is not called synchronized.
  func bounds(at moment: RawInstant) -> (statistical: Double, hard: Double) {
    let state = discipline.state
    guard state.synchronized else { return (.infinity, .infinity) }
    let age = (host.oscillator.exactRaw(at: moment) - state.raw).inSeconds
    return (
      state.boundStatistical.inSeconds + age * state.statisticalRate.ratio,
      state.boundHard.inSeconds + age * state.dispersionRate.ratio
    )
  }
}
