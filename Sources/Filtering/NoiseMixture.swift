// SPDX-License-Identifier: Apache-2.0

import Numerics

/// A belief conditioned on one measurement under every believed family of noise at once, and matched by one normal.
struct NoiseMixture {
  private(set) var posterior = ClockState()
  /// Logarithm of the density of the offset given the delay.
  private(set) var logEvidence = 0.0
  /// The same under each family alone; meaningless for those not believed.
  private(set) var familyEvidence = PathNoise.PerFamily<Double>(repeating: -1e300)
  /// Probability that each direction's queue was heavy.
  private(set) var forwardHeavy = 0.0
  private(set) var backwardHeavy = 0.0

  @_noAllocation @_noLocks
  init(_ prior: ClockState, _ measurement: Measurement, _ noise: PathNoise) {
    if measurement.isOneWay {
      posterior = prior
      logEvidence = posterior.learn(
        offset: measurement.offset, variance: noise.spread * noise.spread, excess: -1, noise)
    } else {
      mix(prior, measurement, noise)
    }
  }

  @_noAllocation @_noLocks
  private mutating func mix(_ prior: ClockState, _ measurement: Measurement, _ noise: PathNoise) {
    let softness = PathNoise.softness * noise.light
    let soft = measurement.stamp * measurement.stamp + softness * softness
    let excess = measurement.delay > prior.d ? measurement.delay - prior.d : 0
    var floorOnly = prior
    if noise.isUndirectedBelieved { floorOnly.learnFloor(measurement, noise, soft: soft) }
    var posteriors = PathNoise.PerFamily<ClockState>(repeating: floorOnly)
    var best = -1e300
    for family in 0..<PathNoise.familyCount where noise.isConsidered(family) {
      switch family {
      case 0, 1:
        posteriors[family] = prior
        let skew = family == PathNoise.alike ? 0.5 : noise.skew
        let heavy = posteriors[family].learnQueues(measurement, noise, skew: skew, soft: soft)
        if family == PathNoise.alike || noise.beliefs[PathNoise.skewed] > noise.beliefs[PathNoise.alike] {
          forwardHeavy = heavy.forward
          backwardHeavy = heavy.backward
        }
        familyEvidence[family] =
          heavy.log - DelayDensity.queues(excess: excess, soft: soft, variance: prior.dd, skew: skew, noise)
      case 2:
        familyEvidence[family] =
          posteriors[family].learnShapedQueues(measurement, noise, soft: soft)
          - DelayDensity.shapedQueues(excess: measurement.delay - noise.shapedFloor, noise)
      case 6:
        var variance = soft + 0.25 * noise.spread * noise.spread
        let off = (measurement.delay - noise.median).magnitude
        // Without this gate five spikes in a hundred spoil it.
        if off > 4 * noise.spread { variance += 0.25 * off * off }
        familyEvidence[family] = posteriors[family].learn(
          offset: measurement.offset, variance: variance, excess: excess, noise)
      default:
        let shape = Double(1 << (family - 3))
        let variance = soft + 0.25 * prior.dd + excess * excess / (4 * (2 * shape + 1))
        familyEvidence[family] = posteriors[family].learn(
          offset: measurement.offset, variance: variance, excess: excess, noise)
      }
      let log = familyEvidence[family] + naturalLogarithm(noise.beliefs[family])
      if log > best { best = log }
    }
    match(posteriors, noise, best: best)
  }

  /// One normal with mean and covariance of the mixture.
  @_noAllocation @_noLocks
  private mutating func match(
    _ posteriors: PathNoise.PerFamily<ClockState>, _ noise: PathNoise, best: Double
  ) {
    var shares = PathNoise.PerFamily<Double>(repeating: 0)
    var sum = 0.0
    var heaviest = 0
    for family in 0..<PathNoise.familyCount where noise.isConsidered(family) {
      shares[family] = noise.beliefs[family] * exponential(familyEvidence[family] - best)
      sum += shares[family]
      if shares[family] > shares[heaviest] { heaviest = family }
    }
    let center = posteriors[heaviest]
    logEvidence = best + naturalLogarithm(sum)
    for family in 0..<PathNoise.familyCount where shares[family] > 1e-6 * sum {
      posterior.accumulate(posteriors[family], weight: shares[family] / sum, around: center)
    }
    // What was left out is too little to see, but the weights have to add up to one.
    posterior.finish(around: center)
  }
}
