// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Simulation

@Suite struct SimulationRandomTests {
  private func moments(_ draw: (inout SimulationRandom) -> Double) -> (mean: Double, variance: Double, third: Double) {
    var random = SimulationRandom(seed: 42)
    let values = (0..<200_000).map { _ in draw(&random) }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let third = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) } / count
    return (mean, variance, third)
  }

  // Bounds are five standard errors of 200,000 draws: 5/√200000 = 0.0112 times the deviation of the estimated moment.
  @Test func exponential() {
    let (mean, variance, third) = moments { $0.exponential() }
    #expect(abs(mean - 1) < 0.0112)
    #expect(abs(variance - 1) < 0.0112 * 2.83)
    #expect(abs(third - 2) < 0.0112 * 16)
  }

  @Test func gaussian() {
    let (mean, variance, third) = moments { $0.gaussian() }
    #expect(abs(mean) < 0.0112)
    #expect(abs(variance - 1) < 0.0112 * 1.42)
    #expect(abs(third) < 0.0112 * 2.45)
  }

  @Test func streamsDifferAndRepeat() {
    var a = SimulationRandom(seed: 1, stream: 1)
    var b = SimulationRandom(seed: 1, stream: 2)
    var again = SimulationRandom(seed: 1, stream: 1)
    let first = (0..<8).map { _ in a.next() }
    #expect(first == (0..<8).map { _ in again.next() })
    #expect(first != (0..<8).map { _ in b.next() })
  }
}
