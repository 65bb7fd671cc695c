// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct ReferenceClockModelTests {
  @Test func noiseOutliersAndOffset() {
    let model = ReferenceClockModel(
      noise: .gaussian(deviation: TimeInterval(nanoseconds: 100)), outlierProbability: 0.01,
      outlier: .gaussian(deviation: .microseconds(10)), offset: 1e-6)
    var random = SimulationRandom(seed: 4)
    let count = 40_000
    let errors = (0..<count).map { _ in model.draw(&random) - 1e-6 }
    #expect(abs(errors.reduce(0, +) / Double(count)) < 5 * 1.005e-6 / Double(count).squareRoot())
    // Beyond ten deviations of the noise lie only outliers: 92 % of them, P(|z| > 0.1).
    let far = errors.filter { $0.magnitude > 1e-6 }.count
    #expect(abs(Double(far) - 0.92 * 0.01 * Double(count)) < 5 * (0.0092 * Double(count)).squareRoot())
  }
}
