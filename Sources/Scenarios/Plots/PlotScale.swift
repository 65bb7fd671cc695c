// SPDX-License-Identifier: Apache-2.0

import Numerics

/// Where a value stands on an axis, from 0 to 1; what lies outside stands at the nearer end.
package enum PlotScale: Sendable, Equatable {
  case linear(from: Double, to: Double)
  /// Decades; `from` is above zero.
  case logarithmic(from: Double, to: Double)
  /// From −limit to +limit by the inverse hyperbolic sine: in proportion up to about `reference`, in decades beyond, so that an
  /// error and a bound ten thousand times as large can both be read.
  case symmetric(reference: Double, limit: Double)

  package func position(_ value: Double) -> Double {
    let place: Double
    switch self {
    case .linear(let from, let to): place = (value - from) / (to - from)
    case .logarithmic(let from, let to):
      let low = naturalLogarithm(from)
      place = value > 0 ? (naturalLogarithm(value) - low) / (naturalLogarithm(to) - low) : 0
    case .symmetric(let reference, let limit):
      place = 0.5 + 0.5 * Self.fold(value / reference) / Self.fold(limit / reference)
    }
    return min(max(place, 0), 1)
  }

  /// asinh(x).
  private static func fold(_ x: Double) -> Double {
    let size = x.magnitude
    let folded = naturalLogarithm(size + (size * size + 1).squareRoot())
    return x < 0 ? -folded : folded
  }

  /// Round values along the axis, far enough apart for a label each, growing.
  package var ticks: [Double] {
    switch self {
    case .linear(let from, let to):
      let step = Self.roundStep((to - from) / 6)
      guard step > 0 else { return [from] }
      var ticks: [Double] = []
      var count = (from / step).rounded(.up)
      while count * step <= to * (1 + 1e-12), ticks.count < 20 {
        ticks.append(count * step)
        count += 1
      }
      return ticks
    case .logarithmic(let from, let to):
      return Self.decades(from: from, to: to).filter { $0 >= from && $0 <= to }
    case .symmetric(let reference, let limit):
      // From the outside in, until they would stand on each other.
      var kept: [Double] = []
      var last = 1.1
      for tick in Self.decades(from: reference * 1e-3, to: limit).reversed() where tick <= limit {
        let place = position(tick)
        guard last - place >= 0.07, place - 0.5 >= 0.055 else { continue }
        kept.append(tick)
        last = place
      }
      return kept.map { -$0 } + [0] + kept.reversed()
    }
  }

  /// 1, 2 or 5 times a power of ten, not below `step`.
  private static func roundStep(_ step: Double) -> Double {
    guard step > 0, step.isFinite else { return 0 }
    let decade = powerOfTen(atMost: step)
    for factor in [1.0, 2, 5] where decade * factor >= step * (1 - 1e-9) { return decade * factor }
    return decade * 10
  }

  private static func decades(from: Double, to: Double) -> [Double] {
    guard from > 0, to > from, to.isFinite else { return [] }
    var decades: [Double] = []
    var exponent = exponent(powerOfTenAtMost: from)
    while decades.count < 60 {
      let decade = power(exponent)
      if decade > to * (1 + 1e-9) { break }
      decades.append(decade)
      exponent += 1
    }
    return decades
  }

  static func powerOfTen(atMost value: Double) -> Double { power(exponent(powerOfTenAtMost: value)) }

  private static func exponent(powerOfTenAtMost value: Double) -> Int {
    Int((naturalLogarithm(value * (1 + 1e-9)) / naturalLogarithm(10)).rounded(.down))
  }

  /// By repeated products of ten, so that labels of decades are exact.
  private static func power(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<min(exponent.magnitude, 300) { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }
}
