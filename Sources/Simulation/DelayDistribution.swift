// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// What queues add to one datagram's delay, drawn anew for each. Only the normal one can be negative.
public indirect enum DelayDistribution: Sendable, Equatable {
  case none
  case exponential(mean: TimeInterval)
  case gaussian(deviation: TimeInterval)
  /// Mean = shape · scale. Of shape 1 it is the exponential; the larger the shape, the less mass lies at the minimum.
  case gamma(shape: Double, scale: TimeInterval)
  /// exp(ln(median) + sigma · z).
  case logNormal(median: TimeInterval, sigma: Double)
  /// Uniform on [0, maximum).
  case uniform(maximum: TimeInterval)
  /// One of them, with probability in proportion to its weight.
  case mixture([Weighted])

  /// One part of a mixture.
  public struct Weighted: Sendable, Equatable {
    public var weight: Double
    public var distribution: DelayDistribution

    public init(weight: Double, _ distribution: DelayDistribution) {
      self.weight = weight
      self.distribution = distribution
    }
  }

  /// One draw, in seconds.
  public func draw(_ random: inout SimulationRandom) -> Double {
    switch self {
    case .none: return 0
    case .exponential(let mean): return random.exponential() * mean.inSeconds
    case .gaussian(let deviation): return random.gaussian() * deviation.inSeconds
    case .gamma(let shape, let scale): return random.gamma(shape: shape) * scale.inSeconds
    case .logNormal(let median, let sigma): return random.logNormal(sigma: sigma) * median.inSeconds
    case .uniform(let maximum): return random.uniform() * maximum.inSeconds
    case .mixture(let parts):
      var rest = random.uniform() * parts.reduce(0) { $0 + $1.weight }
      for part in parts {
        rest -= part.weight
        if rest < 0 { return part.distribution.draw(&random) }
      }
      return parts.last?.distribution.draw(&random) ?? 0
    }
  }
}
