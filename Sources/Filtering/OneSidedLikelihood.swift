// SPDX-License-Identifier: Apache-2.0

import Numerics

/// What one direction of an exchange says: observed = a + queue, where the queue is never negative. It is light (exponential of mean
/// `light`), heavy (exponential of mean `heavy`), or the observation is junk and says nothing.
///
/// With a normal prior of a, each exponential gives a normal tilted by its rate and cut off at the observation; their moments are
/// known in closed form (the exponentially modified Gaussian), and the mixture is matched by one normal.
struct OneSidedLikelihood {
  /// Density of junk, at most, over the deviation of the prior.
  private static var mostJunk: Double { @_noAllocation @_noLocks get { 0.03 } }

  /// Logarithm of the density of the observation.
  var logEvidence: Double
  /// How far the mean of a moves.
  var shift: Double
  /// How much its variance falls; negative = it grows.
  var reduction: Double
  /// Probability that the queue was heavy.
  var heavy: Double

  /// `gap` = observed − prior mean, `variance` = prior variance with the stamp's; `share` = how often queues are heavy;
  /// `junk` = density of junk, per second.
  @_noAllocation @_noLocks
  init(
    gap: Double, variance: Double, light: Double, heavy: Double, share: Double, junk: Double, isShaped: Bool = false
  ) {
    let deviation = squareRoot(variance)
    let a =
      isShaped
      ? Self.shapedTerm(gap, variance, deviation, scale: light, probability: 1 - share)
      : Self.term(gap, variance, deviation, mean: light, probability: 1 - share)
    let b = Self.term(gap, variance, deviation, mean: heavy, probability: share)
    // Junk is no surer than a prior that knows little, or a path of hardly any queue would never be believed.
    let most = Self.mostJunk / deviation
    let c = naturalLogarithm(junk < most ? junk : most)
    var best = a.log > b.log ? a.log : b.log
    if c > best { best = c }
    let pa = exponential(a.log - best)
    let pb = exponential(b.log - best)
    let sum = pa + pb + exponential(c - best)
    let mean = (pa * a.shift + pb * b.shift) / sum
    // Around the mean: the difference of second moment and square would have no digits left where the shift is large.
    let fromA = a.shift - mean
    let fromB = b.shift - mean
    let left =
      (pa * (a.variance + fromA * fromA) + pb * (b.variance + fromB * fromB)
        + exponential(c - best) * (variance + mean * mean)) / sum
    logEvidence = best + naturalLogarithm(sum)
    shift = mean
    reduction = variance - left
    self.heavy = pb / sum
  }

  @_noAllocation @_noLocks
  private static func term(
    _ gap: Double, _ variance: Double, _ deviation: Double, mean: Double, probability: Double
  ) -> (log: Double, shift: Double, variance: Double) {
    let tilt = variance / mean
    let edge = (gap - tilt) / deviation
    let tail = normalTail(edge)
    if edge < -50 {
      // A belief far wider than the queue: what is left of it is all but exponential with rate −edge. The closed form would take the
      // difference of numbers that agree in nearly all their digits.
      let log = naturalLogarithm(probability / mean) + logNormalDensity(gap / deviation) - naturalLogarithm(tail.ratio)
      return (log, gap + deviation * edge / (edge * edge + 2), variance / (edge * edge + 6))
    }
    let log = naturalLogarithm(probability / mean) - gap / mean + 0.5 * tilt / mean + tail.logIntegral
    let rest = 1 - edge * tail.ratio - tail.ratio * tail.ratio
    return (log, tilt - deviation * tail.ratio, variance * (rest > 1e-9 ? rest : 1e-9))
  }

  /// The same for a gamma queue of shape 3: u²·e^(−u/scale)/(2·scale³). With u = deviation·t, t is normal around `edge` and cut off
  /// at 0; its moments follow Mₙ = edge·Mₙ₋₁ + (n − 1)·Mₙ₋₂.
  @_noAllocation @_noLocks
  private static func shapedTerm(
    _ gap: Double, _ variance: Double, _ deviation: Double, scale: Double, probability: Double
  ) -> (log: Double, shift: Double, variance: Double) {
    let tilt = variance / scale
    let edge = (gap - tilt) / deviation
    let tail = normalTail(edge)
    let front = naturalLogarithm(probability * 0.5 / scale) + 2 * naturalLogarithm(deviation / scale)
    if edge < -6 {
      // t is all but gamma distributed with rate −edge: M₂ = 2/edge², relative to M₀.
      let rate = -edge + 3 / -edge
      let log =
        front + logNormalDensity(gap / deviation) - naturalLogarithm(tail.ratio) + naturalLogarithm(2 / (rate * rate))
      return (log, gap - deviation * 3 / rate, variance * 3 / (rate * rate))
    }
    let base = front - gap / scale + 0.5 * tilt / scale + tail.logIntegral
    // Relative to M₀.
    let m1 = edge + tail.ratio
    let m2 = edge * m1 + 1
    let m3 = edge * m2 + 2 * m1
    let m4 = edge * m3 + 3 * m2
    let mean = m3 / m2
    let rest = m4 / m2 - mean * mean
    return (base + naturalLogarithm(m2), gap - deviation * mean, variance * (rest > 1e-9 ? rest : 1e-9))
  }
}
