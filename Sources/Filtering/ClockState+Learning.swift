// SPDX-License-Identifier: Apache-2.0

import Numerics

/// Conditioning on one measurement, by family of noise. Each returns the logarithm of the evidence.
extension ClockState {
  /// Three normal measurements in a hundred are far off.
  private static var farShare: Double { @_noAllocation @_noLocks get { 0.03 } }

  /// Both directions one after the other: forward bounds x + d/2 from above, backward −x + d/2. Evidence of both directions.
  @_noAllocation @_noLocks
  mutating func learnQueues(
    _ m: Measurement, _ noise: PathNoise, skew: Double, soft: Double
  ) -> (log: Double, forward: Double, backward: Double) {
    let junk = PathNoise.junk / noise.light
    var total = variance(1, 0.5) + soft
    let forward = OneSidedLikelihood(
      gap: m.forward - mean(1, 0.5), variance: total, light: 2 * skew * noise.light, heavy: noise.heavy,
      share: noise.forwardShare, junk: junk)
    condition(
      1, 0.5, total: total, shift: forward.shift, reduction: forward.reduction, independence: noise.independence)
    total = variance(-1, 0.5) + soft
    let backward = OneSidedLikelihood(
      gap: m.backward - mean(-1, 0.5), variance: total, light: 2 * (1 - skew) * noise.light, heavy: noise.heavy,
      share: noise.backwardShare, junk: junk)
    condition(
      -1, 0.5, total: total, shift: backward.shift, reduction: backward.reduction, independence: noise.independence)
    return (forward.logEvidence + backward.logEvidence, forward.heavy, backward.heavy)
  }

  /// The same with gamma queues of shape 3, over the least round trip that fits those.
  @_noAllocation @_noLocks
  mutating func learnShapedQueues(_ m: Measurement, _ noise: PathNoise, soft: Double) -> Double {
    let half = 0.5 * noise.shapedFloor
    let junk = PathNoise.junk / noise.shapedScale
    var total = xx + soft
    let forward = OneSidedLikelihood(
      gap: m.forward - half - x, variance: total, light: noise.shapedScale, heavy: noise.heavy,
      share: noise.forwardShare, junk: junk, isShaped: true)
    condition(
      1, 0, total: total, shift: forward.shift, reduction: forward.reduction, independence: noise.independence)
    total = xx + soft
    let backward = OneSidedLikelihood(
      gap: m.backward - half + x, variance: total, light: noise.shapedScale, heavy: noise.heavy,
      share: noise.backwardShare, junk: junk, isShaped: true)
    condition(
      -1, 0, total: total, shift: backward.shift, reduction: backward.reduction, independence: noise.independence)
    return forward.logEvidence + backward.logEvidence
  }

  /// What the round trip says of the path alone, for families that say nothing of directions.
  @_noAllocation @_noLocks
  mutating func learnFloor(_ m: Measurement, _ noise: PathNoise, soft: Double) {
    let total = dd + soft
    let both = OneSidedLikelihood(
      gap: m.delay - d, variance: total, light: 2 * noise.light, heavy: 2 * noise.heavy, share: 0.1,
      junk: PathNoise.junk / (2 * noise.light))
    condition(0, 1, total: total, shift: both.shift, reduction: both.reduction, independence: noise.independence)
  }

  /// A normal measurement of x, now and then a far wider one. `excess` is the delay's; negative for one-way sources, whose wide one
  /// takes its width from how far off it is.
  @_noAllocation @_noLocks
  mutating func learn(offset: Double, variance: Double, excess: Double, _ noise: PathNoise) -> Double {
    let gap = offset - x
    let before = xx
    let total = before + variance
    var far = before + 16 * variance
    if excess > 0 { far += 0.25 * excess * excess }
    if excess < 0 && gap * gap > far { far = gap * gap }
    let nearLog = naturalLogarithm((1 - Self.farShare) / squareRoot(2 * .pi * total)) - 0.5 * gap * gap / total
    let farLog = naturalLogarithm(Self.farShare / squareRoot(2 * .pi * far)) - 0.5 * gap * gap / far
    let best = nearLog > farLog ? nearLog : farLog
    let sum = exponential(nearLog - best) + exponential(farLog - best)
    let share = exponential(farLog - best) / sum
    let nearGain = before / total
    let farGain = before / far
    let shift = (1 - share) * nearGain * gap + share * farGain * gap
    let nearRest = nearGain * gap - shift
    let farRest = farGain * gap - shift
    let left =
      (1 - share) * (before * (1 - nearGain) + nearRest * nearRest) + share
      * (before * (1 - farGain) + farRest * farRest)
    condition(1, 0, total: before, shift: shift, reduction: before - left, independence: noise.independence)
    return best + naturalLogarithm(sum)
  }
}
