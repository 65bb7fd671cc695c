// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// The last 64 measurements of a source as points (t, x): raw seconds and reference − raw seconds, both since the first.
///
/// A line through them, weighted by how much each was delayed, is the source's offset and frequency. The window shrinks by
/// itself when the residuals' signs come in too few runs, which is how a wandering oscillator shows (Wald–Wolfowitz).
package struct SampleHistory: Sendable, BitwiseCopyable {
  package static var capacity: Int { 64 }

  struct Point: BitwiseCopyable {
    var time = 0.0
    var offset = 0.0
    var delay = 0.0
    var floor = 0.0
  }

  private var points = InlineArray<64, Point>(repeating: Point())
  private var start = 0
  package private(set) var count = 0
  private var originRaw = RawInstant(nanoseconds: 0)
  private var originReference = TimeInterval.zero
  package private(set) var fit = LineFit()

  @_noAllocation @_noLocks
  package init() {}

  private func point(_ index: Int) -> Point { points[(start + index) & 63] }

  @_noAllocation @_noLocks
  package func time(of raw: RawInstant) -> Double { (raw - originRaw).inSeconds }

  @_noAllocation @_noLocks
  package func offset(of observation: Observation) -> Double {
    ((observation.reference - originReference) - (observation.raw - originRaw)).inSeconds
  }

  /// Moves the whole history, as when a leap second passes.
  @_noAllocation @_noLocks
  package mutating func shift(by interval: TimeInterval) { originReference = originReference + interval }

  @_noAllocation @_noLocks
  package mutating func add(_ observation: Observation, prior: FrequencyPrior) {
    if count == 0 {
      originRaw = observation.raw
      originReference = observation.reference
    }
    if count == Self.capacity {
      start = (start + 1) & 63
      count -= 1
    }
    points[(start + count) & 63] = Point(
      time: time(of: observation.raw), offset: offset(of: observation), delay: observation.delay,
      floor: observation.dispersion)
    count += 1
    refit(prior: prior)
  }

  /// The reference at a moment by the line, exact to the origin.
  @_noAllocation @_noLocks
  package func line(at now: RawInstant) -> ClockLine {
    let elapsed = now - originRaw
    let offset = TimeInterval(seconds: fit.value(at: elapsed.inSeconds))
    return ClockLine(
      raw: now, time: originReference + elapsed + offset, frequency: Frequency(ratio: fit.slope))
  }

  private mutating func refit(prior: FrequencyPrior) {
    var runs = solve(prior: prior)
    // Fewer runs than 2.3 deviations below the expected n/2 + 1: the line bends, so its oldest part is dropped.
    while count >= 10 {
      let n = Double(count)
      let shortage = 0.5 * n + 1 - Double(runs)
      if shortage * shortage <= 5.3 * (n - 1) * 0.25 || shortage < 0 { break }
      let dropped = count / 8 + 1
      start = (start + dropped) & 63
      count -= dropped
      runs = solve(prior: prior)
    }
  }

  /// Solves for the line and returns the number of runs of the residuals' signs.
  private mutating func solve(prior: FrequencyPrior) -> Int {
    var least = Double.infinity
    var floor = 0.0
    for i in 0..<count {
      let point = point(i)
      if point.delay < least { least = point.delay }
      floor += point.floor
    }
    floor = floor / Double(count)
    var excess = 0.0
    for i in 0..<count { excess += point(i).delay - least }
    excess = excess / Double(count)
    // Before the delays' spread is known, a tenth of the delay stands in for it.
    let scale = floor + (count < 4 ? 0.1 * (least > 0 ? least : 0) : 0.25 * excess) + 1e-9

    var weights = 0.0
    var times = 0.0
    var offsets = 0.0
    for i in 0..<count {
      let weight = weight(of: point(i), least: least, scale: scale)
      weights += weight
      times += weight * point(i).time
      offsets += weight * point(i).offset
    }
    var fit = LineFit()
    fit.count = count
    fit.centre = times / weights
    fit.mean = offsets / weights
    var squares = 0.0
    var products = 0.0
    for i in 0..<count {
      let weight = weight(of: point(i), least: least, scale: scale)
      let time = point(i).time - fit.centre
      squares += weight * time * time
      products += weight * time * (point(i).offset - fit.mean)
    }
    let information = 1 / (prior.deviation.ratio * prior.deviation.ratio)
    fit.slope = (products + information * prior.mean.ratio) / (squares + information)
    var misfit = 0.0
    var runs = 0
    var last = 0
    for i in 0..<count {
      let residual = point(i).offset - fit.value(at: point(i).time)
      misfit += weight(of: point(i), least: least, scale: scale) * residual * residual
      let sign = residual < 0 ? -1 : 1
      if sign != last { runs += 1 }
      last = sign
    }
    // The weights came from a guess of the scatter: the residuals correct it once there are enough of them.
    var correction = count > 4 ? misfit / Double(count - 2) : 1 + misfit
    if correction < 0.05 { correction = 0.05 }
    fit.meanVariance = correction / weights
    fit.slopeVariance = 1 / (squares / correction + information)
    fit.scatter = scale * squareRoot(correction)
    self.fit = fit
    return runs
  }

  private func weight(of point: Point, least: Double, scale: Double) -> Double {
    let late = 0.5 * (point.delay - least)
    return 1 / (scale * scale + late * late)
  }
}
