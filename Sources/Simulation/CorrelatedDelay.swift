// SPDX-License-Identifier: Apache-2.0

import Numerics
public import TimeTypes

/// A queue that changes slowly: each part is exponential at any one moment, and its autocorrelation is exp(−Δ/T).
///
/// Half the sum of the squares of two Ornstein-Uhlenbeck processes is exactly such a process, in continuous time, so that it can
/// be looked at whenever a datagram passes. One part is an AR(1) queue; parts whose times grow by a factor of four make a delay
/// that is correlated on all scales between the first and the last, as self-similar traffic makes it.
public struct CorrelatedDelay: Sendable, Equatable {
  /// Of all parts together.
  public var mean: TimeInterval
  /// Correlation times of the parts, in seconds; the parts share the mean equally.
  public var times: [Double]

  public init(mean: TimeInterval, times: [Double]) {
    self.mean = mean
    self.times = times
  }

  /// Correlated on all scales from `shortest` to `longest`, in seconds.
  public static func selfSimilar(mean: TimeInterval, shortest: Double, longest: Double) -> CorrelatedDelay {
    var times: [Double] = []
    var time = max(shortest, 1e-6)
    while time <= longest, times.count < 32 {
      times.append(time)
      time *= 4
    }
    return CorrelatedDelay(mean: mean, times: times)
  }
}

/// A `CorrelatedDelay` in one run.
struct CorrelatedDelayState: Sendable {
  private var x: [Double] = []
  private var y: [Double] = []
  private var last = 0.0

  init() {}

  /// The delay in seconds at a moment, not before the last one asked for.
  mutating func value(_ model: CorrelatedDelay, at now: Double, _ random: inout SimulationRandom) -> Double {
    guard !model.times.isEmpty else { return 0 }
    let isNew = x.isEmpty
    if isNew {
      x = model.times.map { _ in random.gaussian() }
      y = model.times.map { _ in random.gaussian() }
    }
    let elapsed = max(0, now - last)
    last = max(last, now)
    var sum = 0.0
    for index in model.times.indices {
      if !isNew {
        // The squares are correlated as the square of the processes' own correlation.
        let decay = Numerics.exponential(-elapsed / (2 * model.times[index]))
        let fresh = (1 - decay * decay).squareRoot()
        x[index] = decay * x[index] + fresh * random.gaussian()
        y[index] = decay * y[index] + fresh * random.gaussian()
      }
      sum += (x[index] * x[index] + y[index] * y[index]) / 2
    }
    return sum * model.mean.inSeconds / Double(model.times.count)
  }
}
