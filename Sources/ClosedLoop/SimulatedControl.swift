// SPDX-License-Identifier: Apache-2.0

import EngineFeed
import Scenarios
import Settings
import Simulation
import TimeTypes

/// The daemon's [control] role on a virtual host, as far as the engine hears of it: which source alone numbers whose pulses, and how fast the
/// oscillator runs by its temperature. Each second, by the daemon's own code.
struct SimulatedControl {
  private var locks: SourceLocks
  private var temperature: TemperatureWatch
  private let sensor: Scenario.TemperatureSensor?
  private let warmth: RecordedTrace?
  private var random: SimulationRandom

  init(_ scenario: Scenario, seed: UInt64) {
    locks = SourceLocks(
      scenario.referenceClocks.enumerated().compactMap { number, clock in
        guard case .string(let keeper)? = clock.settings["lock"] else { return nil }
        return SourceLock(device: SimulatedReferenceClock.path(clock.model.line, number), keeper: keeper)
      })
    sensor = scenario.temperatureSensor
    warmth = scenario.oscillator.temperature?.trace
    temperature = TemperatureWatch(scenario.temperatureSensor.map(TemperatureConfiguration.init))
    random = SimulationRandom(seed: seed, stream: 1 << 57)
  }

  /// A true second of the run has passed.
  mutating func turn(second: Int, on discipline: SimulatedDiscipline) {
    if !locks.isEmpty {
      locks.turn(discipline.sources) { pulses, keeper in
        discipline.lock(pulses, to: keeper)
        return true
      }
    }
    guard let sensor, let warmth else { return }
    let news = temperature.turn(
      now: discipline.now,
      read: { wanted in
        switch (wanted, sensor.known) {
        case (.table, .table(let lines)): Array(lines.utf8)
        case (.table, .coefficients): []
        case (.sensor, _): Array(sensor.model.text(at: warmth.value(at: Double(second)), &random).utf8)
        }
      }, raise: { discipline.note($0) })
    if let news { discipline.compensate(news.frequency) }
  }
}

extension TemperatureConfiguration {
  fileprivate init(_ sensor: Scenario.TemperatureSensor) {
    switch sensor.known {
    case .table: self.init(sensor: "the model", curve: .table("the scenario's"))
    case .coefficients(let t0, let k0, let k1, let k2):
      self.init(
        sensor: "the model", curve: .coefficients(TemperatureCurve(.polynomial(t0: t0, k0: k0, k1: k1, k2: k2))))
    }
    interval = .seconds(Int64(sensor.interval))
  }
}
