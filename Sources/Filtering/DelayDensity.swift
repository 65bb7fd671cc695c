// SPDX-License-Identifier: Apache-2.0

import Numerics

/// Logarithms of the density of a round trip's excess under the queue families: what turns the evidence of both directions into that
/// of the offset given the delay, so that families which say nothing of the delay can be compared with them.
enum DelayDensity {
  /// Light and heavy exponential queues in either direction; `soft` and `variance` (of the least delay) blur the edge.
  @_noAllocation @_noLocks
  static func queues(excess: Double, soft: Double, variance: Double, skew: Double, _ noise: PathNoise) -> Double {
    let e = squareRoot(excess * excess + 2 * soft + variance)
    let f = noise.forwardShare
    let b = noise.backwardShare
    let light = exponential(-e / noise.light)
    let heavy = exponential(-e / noise.heavy)
    var both = e / (noise.light * noise.light) * light
    if skew < 0.45 || skew > 0.55 {
      let out = 2 * skew * noise.light
      let back = 2 * (1 - skew) * noise.light
      both = (exponential(-e / out) - exponential(-e / back)) / (out - back)
    }
    let one = (heavy - light) / (noise.heavy - noise.light)
    let none = e / (noise.heavy * noise.heavy) * heavy
    return naturalLogarithm(
      (1 - f) * (1 - b) * both + (f + b - 2 * f * b) * one + f * b * none + 1e-6 / noise.light)
  }

  /// Gamma queues of shape 3 instead of the light ones: shape 6 together.
  @_noAllocation @_noLocks
  static func shapedQueues(excess: Double, _ noise: PathNoise) -> Double {
    let least = 0.2 * noise.shapedScale
    let e = excess > least ? excess : least
    let t = e / noise.shapedScale
    let f = noise.forwardShare
    let b = noise.backwardShare
    let heavy = exponential(-e / noise.heavy)
    let light = exponential(-t)
    let both = t * t * t * t * t / 120 * light / noise.shapedScale
    let one = heavy / noise.heavy * (1 - light * (1 + t + 0.5 * t * t))
    let none = e / (noise.heavy * noise.heavy) * heavy
    return naturalLogarithm(
      (1 - f) * (1 - b) * both + (f + b - 2 * f * b) * one + f * b * none + 1e-6 / noise.shapedScale)
  }
}
