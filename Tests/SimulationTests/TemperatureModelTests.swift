// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Simulation

@Suite struct TemperatureModelTests {
  private static func ramp() throws -> TemperatureModel {
    TemperatureModel(
      try #require(RecordedTrace(seconds: [0, 100], values: [15, 45])), turnover: 25, linear: 5e-8, quadratic: -1e-9)
  }

  @Test func theFrequencyIsAPolynomialOfWhatIsBeyondTheTurnover() throws {
    let model = try Self.ramp()
    #expect((model.frequency(at: 0) - (-10 * 5e-8 - 100e-9)).magnitude < 1e-18)
    #expect(model.frequency(at: 100.0 / 3).magnitude < 1e-18)
    #expect((model.frequency(at: 50) - (5 * 5e-8 - 25e-9)).magnitude < 1e-18)
    #expect(model.extreme >= model.frequency(at: 99).magnitude && model.extreme < 2e-6)
  }

  @Test func anOscillatorRunsByIt() throws {
    let model = try Self.ramp()
    let oscillator = OscillatorModel(base: 1e-5, changes: [.drift(perSecond: 0), .temperature(model)])
    #expect(oscillator.temperature == model && OscillatorModel(base: 1e-5).temperature == nil)
    #expect((oscillator.extreme(over: 100) - 1e-5 - model.extreme).magnitude < 1e-18)
    var process = OscillatorProcess(oscillator, random: SimulationRandom(seed: 1))
    let frequencies = (0..<100).map { _ in process.next().ratio }
    #expect((frequencies[50] - 1e-5 - model.frequency(at: 50)).magnitude < 1e-18)
  }

  @Test func aSensorSaysThousandthsInItsSteps() {
    var random = SimulationRandom(seed: 1)
    let sensor = TemperatureSensorModel(step: 0.5)
    #expect(sensor.text(at: 25.2, &random) == "25000\n" && sensor.text(at: 25.3, &random) == "25500\n")
    #expect(sensor.text(at: -3.6, &random) == "-3500\n")
    #expect(TemperatureSensorModel(step: 0.0625).text(at: 25.07, &random) == "25063\n")
    let noisy = TemperatureSensorModel(step: 0.1, noise: 0.5)
    #expect(Set((0..<20).map { _ in noisy.text(at: 25, &random) }).count > 5)
  }
}
