// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct OscillatorProcessTests {
  private func frequencies(_ model: OscillatorModel, count: Int, seed: UInt64 = 1) -> [Double] {
    var process = OscillatorProcess(model, random: SimulationRandom(seed: seed))
    return (0..<count).map { _ in process.next().ratio }
  }

  /// The Allan deviation over `n` seconds of frequencies held for one second each (overlapping estimate).
  private func allanDeviation(_ frequencies: [Double], _ n: Int) -> Double {
    var phase = [0.0]
    for frequency in frequencies { phase.append((phase.last ?? 0) + frequency) }
    var sum = 0.0
    var count = 0
    for i in 0..<(phase.count - 2 * n) {
      let second = phase[i + 2 * n] - 2 * phase[i + n] + phase[i]
      sum += second * second
      count += 1
    }
    return (sum / (2 * Double(n * n) * Double(count))).squareRoot()
  }

  /// Random-walk FM held for seconds: σ_y²(τ) = w² (2n² + 1) / (6n), which tends to w² τ / 3.
  @Test(arguments: [1, 10, 100])
  func randomWalkHasItsAllanDeviation(n: Int) {
    let wander = 1e-9
    let measured = allanDeviation(frequencies(OscillatorModel(wander: wander), count: 40_000), n)
    let expected = wander * (Double(2 * n * n + 1) / Double(6 * n)).squareRoot()
    #expect(abs(measured / expected - 1) < 0.15)
  }

  /// Flicker FM: the same at all intervals well inside the range of its parts.
  @Test(arguments: [10, 100, 1000])
  func flickerHasItsFloor(n: Int) {
    let measured = allanDeviation(frequencies(OscillatorModel(flicker: 1e-10), count: 100_000), n)
    #expect(abs(measured / 1e-10 - 1) < 0.2)
  }

  @Test func formulasAddUp() {
    let model = OscillatorModel(
      base: 1e-5,
      changes: [
        .sinusoid(amplitude: 1e-7, period: 400, phase: 0), .step(at: 200, by: 1e-6), .drift(perSecond: 1e-12),
      ])
    let values = frequencies(model, count: 401)
    #expect(abs(values[100] - (1e-5 + 1e-7 + 1e-10)) < 1e-16)
    #expect(abs(values[300] - (1e-5 - 1e-7 + 1e-6 + 3e-10)) < 1e-16)
    #expect(abs(values[400] - (1e-5 + 1e-6 + 4e-10)) < 1e-16)
  }

  /// sin 30°, 45° and 60°, in every quarter.
  @Test func sineInEveryQuarter() {
    let root2 = 0.5.squareRoot()
    let root3 = 0.75.squareRoot()
    for (turns, expected) in [(1.0 / 12, 0.5), (0.125, root2), (1.0 / 6, root3), (0.25, 1), (0.375, root2), (0.5, 0)] {
      for whole in [-3.0, 0, 7] {
        #expect(abs(OscillatorProcess.sine(turns: turns + whole) - expected) < 1e-11)
        #expect(abs(OscillatorProcess.sine(turns: -turns - whole) + expected) < 1e-11)
      }
    }
  }

  @Test func recordedTracesAreFollowedAndRepeated() throws {
    let trace = try #require(RecordedTrace(seconds: [10, 20, 40], values: [0, 1, 3]))
    #expect([0, 5, 10, 20, 35].map { trace.value(at: $0) } == [0, 0.5, 1, 2, 0.5])
    #expect(RecordedTrace(seconds: [1, 1], values: [0, 0]) == nil)
    #expect(RecordedTrace(seconds: [1], values: []) == nil)
    #expect(frequencies(OscillatorModel(changes: [.recorded(trace)]), count: 11)[10] == 1)
  }
}
