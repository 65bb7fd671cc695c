// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

/// Moments and quantiles against theory; limits are five deviations of the estimate.
@Suite struct DelayDistributionTests {
  static let count = 20_000

  private func draws(_ distribution: DelayDistribution, seed: UInt64 = 5) -> [Double] {
    var random = SimulationRandom(seed: seed)
    return (0..<Self.count).map { _ in distribution.draw(&random) }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// Distribution, mean and deviation in seconds.
  static let moments: [(DelayDistribution, Double, Double)] = [
    (.exponential(mean: .milliseconds(2)), 2e-3, 2e-3),
    (.gaussian(deviation: .milliseconds(2)), 0, 2e-3),
    (.gamma(shape: 4, scale: .milliseconds(1)), 4e-3, 2e-3),
    (.gamma(shape: 0.25, scale: .milliseconds(4)), 1e-3, 2e-3),
    (.uniform(maximum: .milliseconds(6)), 3e-3, 6e-3 / 12.0.squareRoot()),
    (
      .mixture([
        .init(weight: 1, .uniform(maximum: .milliseconds(6))), .init(weight: 3, .exponential(mean: .milliseconds(1))),
      ]), 1.5e-3, (0.25 * 12e-6 + 0.75 * 2e-6 - 2.25e-6).squareRoot()
    ),
  ]

  @Test(arguments: moments.indices)
  func meanAndDeviation(index: Int) {
    let (distribution, mean, deviation) = Self.moments[index]
    let values = draws(distribution)
    let limit = 5 * deviation / Double(Self.count).squareRoot()
    #expect(abs(self.mean(values) - mean) < limit)
    let variance = self.mean(values.map { ($0 - mean) * ($0 - mean) })
    // The variance's own deviation depends on the fourth moment, of at most 30 variances squared here.
    #expect(abs(variance / (deviation * deviation) - 1) < 5 * (30 / Double(Self.count)).squareRoot())
  }

  /// Gamma of shape 1 is the exponential: the share below ln 2 is a half.
  @Test func gammaOfShapeOneIsExponential() {
    let below = draws(.gamma(shape: 1, scale: .seconds(1))).filter { $0 < 0.693_147_180_559_945_3 }.count
    #expect(abs(Double(below) / Double(Self.count) - 0.5) < 5 * 0.5 / Double(Self.count).squareRoot())
  }

  /// Of a log-normal, half lies below the median and 84.13 % below median · e^σ.
  @Test func logNormalQuantiles() {
    let values = draws(.logNormal(median: .milliseconds(3), sigma: 1))
    for (limit, share) in [(3e-3, 0.5), (3e-3 * 2.718_281_828_459_045, 0.841_344_746)] {
      let below = Double(values.filter { $0 < limit }.count) / Double(Self.count)
      #expect(abs(below - share) < 5 * (share * (1 - share) / Double(Self.count)).squareRoot())
    }
  }
}
