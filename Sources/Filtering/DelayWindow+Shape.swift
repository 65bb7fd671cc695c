// SPDX-License-Identifier: Apache-2.0

import Numerics

/// What the round trips say beyond their scale: which distribution, how unlike the directions, how much each sample repeats the last.
extension DelayWindow {
  /// An autocorrelation up to this is what chance makes of a full window of independent samples.
  private static var chance: Double { @_noAllocation @_noLocks get { 0.2 } }
  /// Logarithms of favor are bounded by this: the offsets have their say, too.
  private static var mostFavor: Double { @_noAllocation @_noLocks get { 9 } }

  /// How much better a gamma distribution of shape 6, or a normal one, foretells the round trips than a gamma distribution of shape 2.
  @_noAllocation @_noLocks
  func weighShapes(_ noise: inout PathNoise, _ floor: Double) {
    var shapedFavor = 0.0
    var normalFavor = 0.0
    let heavy = 0.5 * (noise.forwardShare + noise.backwardShare)
    let scale = noise.light
    for i in 0..<count {
      let density = ExcessDensity(delays[i] - floor, scale: scale, heavy: heavy)
      let t = (delays[i] - noise.shapedFloor) / noise.shapedScale
      let z = (delays[i] - noise.median) / noise.spread
      let light = naturalLogarithm(density.light + density.rest)
      let shaped = t > 0 ? (1 - heavy) * t * t * t * t * t / 120 * exponential(-t) / noise.shapedScale : 0
      shapedFavor += naturalLogarithm(shaped + density.rest) - light
      normalFavor += naturalLogarithm((1 - heavy) * normalDensity(z) / noise.spread + density.rest) - light
    }
    let shaped = noise.independence * shapedFavor
    let normal = noise.independence * normalFavor
    // How far each is behind the best, at most so far; told against the queues.
    var best = shaped > normal ? shaped : normal
    if best < 0 { best = 0 }
    let queues = Self.bounded(-best)
    noise.shapedFavor = Self.bounded(shaped - best) - queues
    noise.normalFavor = Self.bounded(normal - best) - queues
  }

  @_noAllocation @_noLocks
  private static func bounded(_ favor: Double) -> Double { favor < -mostFavor ? -mostFavor : favor }

  /// (1 − ρ)/(1 + ρ) for the autocorrelation ρ of neighbouring round trips, those beyond six light queues cut off.
  @_noAllocation @_noLocks
  func independence(floor: Double, light: Double) -> Double {
    let first = count < Self.capacity ? 0 : next
    let cap = 6 * light
    var mean = 0.0
    for i in 0..<count { mean += delays[i] - floor < cap ? delays[i] - floor : cap }
    mean /= Double(count)
    var squares = 0.0
    var products = 0.0
    var before = 0.0
    for i in 0..<count {
      let excess = delays[(first + i) & (Self.capacity - 1)] - floor
      let e = (excess < cap ? excess : cap) - mean
      squares += e * e
      if i > 0 { products += e * before }
      before = e
    }
    let correlation = squares > 0 ? products / squares : 0
    let real = (correlation - Self.chance) / (1 - Self.chance)
    if !(real > 0) { return 1 }
    let independence = (1 - real) / (1 + real)
    return independence > 0.05 ? independence : 0.05
  }

  /// Which part of the light queueing is on the way out. Where queues are unlike, the offset follows the delay: the regression of
  /// its changes on those of the delay has the slope (v_out − v_back)/(2(v_out + v_back)) in the variances of the queues. Changes
  /// between neighbours, so that the clock's own frequency does not matter, and between light ones only.
  @_noAllocation @_noLocks
  func skew(floor: Double, light: Double) -> Double {
    let first = count < Self.capacity ? 0 : next
    let cap = 6 * light
    var pairs = 0.0
    var sumOffset = 0.0
    var sumDelay = 0.0
    var products = 0.0
    var squares = 0.0
    for i in 1..<count {
      let here = (first + i) & (Self.capacity - 1)
      let before = (first + i - 1) & (Self.capacity - 1)
      guard delays[here] - floor < cap, delays[before] - floor < cap else { continue }
      let offset = offsets[here] - offsets[before]
      let delay = delays[here] - delays[before]
      pairs += 1
      sumOffset += offset
      sumDelay += delay
      products += offset * delay
      squares += delay * delay
    }
    let variance = squares - sumDelay * sumDelay / pairs
    guard pairs >= Double(Self.fewSamples), variance > 0 else { return 0.5 }
    var slope = (products - sumOffset * sumDelay / pairs) / variance
    if slope > 0.4999 { slope = 0.4999 }
    if slope < -0.4999 { slope = -0.4999 }
    let out = squareRoot(0.5 + slope)
    return out / (out + squareRoot(0.5 - slope))
  }
}
