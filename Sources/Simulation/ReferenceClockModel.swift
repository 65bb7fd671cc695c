// SPDX-License-Identifier: Apache-2.0

/// A one-way source on the host itself, such as a PPS with a known second: a sample at each interval, with noise and outliers.
public struct ReferenceClockModel: Sendable, Equatable {
  public var interval: Double
  public var noise: DelayDistribution
  public var outlierProbability: Double
  public var outlier: DelayDistribution
  /// A constant error of its stamps, positive = its stamps are early.
  public var offset: Double
  /// True seconds without a sample.
  public var outages: [Range<Double>]

  public init(
    interval: Double = 1, noise: DelayDistribution = .none, outlierProbability: Double = 0,
    outlier: DelayDistribution = .none, offset: Double = 0, outages: [Range<Double>] = []
  ) {
    self.interval = interval
    self.noise = noise
    self.outlierProbability = outlierProbability
    self.outlier = outlier
    self.offset = offset
    self.outages = outages
  }

  /// The error of one sample's reference time, in seconds.
  public func draw(_ random: inout SimulationRandom) -> Double {
    let usual = noise.draw(&random)
    let rare = outlier.draw(&random)
    return offset + usual + (random.chance(outlierProbability) ? rare : 0)
  }
}
