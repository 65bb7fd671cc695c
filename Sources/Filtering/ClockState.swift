// SPDX-License-Identifier: Apache-2.0

/// A Gaussian belief about one source's clock and path at one moment, all against the raw counter: the reference's offset x
/// (seconds) and frequency y (ratio) from an anchor line, and the path's least round trip d (seconds).
///
/// Prediction and conditioning are those of the Kalman filter for a clock with random-walk frequency noise (Jones and Tryon,
/// 1987): Q = w²·[δ³/3 δ²/2; δ²/2 δ].
package struct ClockState: Sendable, BitwiseCopyable {
  package var x = 0.0
  package var y = 0.0
  package var d = 0.0
  package var xx = 0.0
  package var xy = 0.0
  package var xd = 0.0
  package var yy = 0.0
  package var yd = 0.0
  package var dd = 0.0

  @_noAllocation @_noLocks
  package init() {}

  /// Carries the belief `elapsed` seconds on, with frequency noise of `wander` per √s. Backwards, as for a sample that is dated ahead
  /// of now, the errors stay as they are.
  @_noAllocation @_noLocks
  package mutating func predict(_ elapsed: Double, wander: Double) {
    x += elapsed * y
    guard elapsed > 0 else { return }
    let q = wander * wander * elapsed
    xx += elapsed * (2 * xy + elapsed * (yy + q / 3))
    xy += elapsed * (yy + 0.5 * q)
    xd += elapsed * yd
    yy += q
  }

  /// Mean of hx·x + hd·d.
  @_noAllocation @_noLocks
  func mean(_ hx: Double, _ hd: Double) -> Double { hx * x + hd * d }

  /// Variance of hx·x + hd·d.
  @_noAllocation @_noLocks
  func variance(_ hx: Double, _ hd: Double) -> Double {
    let v = hx * hx * xx + 2 * hx * hd * xd + hd * hd * dd
    return v > 0 ? v : 0
  }

  /// Conditions on what was learned of a = hx·x + hd·d + noise, whose variance was `total`: its mean moves by `shift` and its
  /// variance falls by `reduction` (negative = it grows).
  @_noAllocation @_noLocks
  mutating func condition(_ hx: Double, _ hd: Double, total: Double, shift: Double, reduction: Double) {
    // Nothing is left to be learned.
    guard total > 0 else { return }
    let (leastX, leastY, leastD) = (1e-15 * xx, 1e-15 * yy, 1e-15 * dd)
    let kx = (hx * xx + hd * xd) / total
    let ky = (hx * xy + hd * yd) / total
    let kd = (hx * xd + hd * dd) / total
    x += kx * shift
    y += ky * shift
    d += kd * shift
    xx -= kx * kx * reduction
    xy -= kx * ky * reduction
    xd -= kx * kd * reduction
    yy -= ky * ky * reduction
    yd -= ky * kd * reduction
    dd -= kd * kd * reduction
    // Rounding may leave less than nothing of a variance.
    if !(xx > leastX) { xx = leastX }
    if !(yy > leastY) { yy = leastY }
    if !(dd > leastD) { dd = leastD }
  }

  /// The same, for a measurement that says only a part `independence` of what it seems to say: its likelihood to that power, which
  /// is a weighted sum of the precisions before and after.
  @_noAllocation @_noLocks
  mutating func condition(
    _ hx: Double, _ hd: Double, total: Double, shift: Double, reduction: Double, independence: Double
  ) {
    if independence == 1 {
      condition(hx, hd, total: total, shift: shift, reduction: reduction)
      return
    }
    let before = 1 / total
    let left = total - reduction
    let after = 1 / (left > 1e-9 * total ? left : 1e-9 * total)
    let precision = (1 - independence) * before + independence * after
    condition(
      hx, hd, total: total, shift: independence * after * shift / precision, reduction: total - 1 / precision)
  }

  /// Adds `weight` times another belief about a mean: used to match the moments of a mixture. With the heaviest belief as `center` no
  /// variance can be lost to rounding, however far the others are.
  @_noAllocation @_noLocks
  mutating func accumulate(_ other: ClockState, weight: Double, around center: ClockState) {
    let ax = other.x - center.x
    let ay = other.y - center.y
    let ad = other.d - center.d
    x += weight * ax
    y += weight * ay
    d += weight * ad
    xx += weight * (other.xx + ax * ax)
    xy += weight * (other.xy + ax * ay)
    xd += weight * (other.xd + ax * ad)
    yy += weight * (other.yy + ay * ay)
    yd += weight * (other.yd + ay * ad)
    dd += weight * (other.dd + ad * ad)
  }

  /// Ends a sum of `accumulate` whose weights add up to one: from moments around `center` to mean and covariance.
  @_noAllocation @_noLocks
  mutating func finish(around center: ClockState) {
    xx -= x * x
    xy -= x * y
    xd -= x * d
    yy -= y * y
    yd -= y * d
    dd -= d * d
    x += center.x
    y += center.y
    d += center.d
  }

  /// Another least delay, of which the clock says nothing.
  @_noAllocation @_noLocks
  mutating func setFloor(_ floor: Double, variance: Double) {
    d = floor
    dd = variance
    xd = 0
    yd = 0
  }
}
