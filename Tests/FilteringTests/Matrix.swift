// SPDX-License-Identifier: Apache-2.0

@testable import Filtering

/// A 3 × 3 covariance written out, to compare the packed one with.
struct Matrix {
  var rows: [[Double]]

  init(_ state: ClockState) {
    rows = [
      [state.xx, state.xy, state.xd], [state.xy, state.yy, state.yd], [state.xd, state.yd, state.dd],
    ]
  }

  /// The textbook's Kalman update with a scalar measurement h·s of variance `noise`, `gap` off: gain times gap, new covariance.
  func updated(_ h: [Double], noise: Double, gap: Double) -> (move: [Double], covariance: Matrix) {
    let ph = (0..<3).map { i in (0..<3).map { rows[i][$0] * h[$0] }.reduce(0, +) }
    let total = (0..<3).map { h[$0] * ph[$0] }.reduce(0, +) + noise
    var next = self
    for i in 0..<3 { for j in 0..<3 { next.rows[i][j] -= ph[i] * ph[j] / total } }
    return (ph.map { $0 / total * gap }, next)
  }

  /// Whether no principal minor of the correlations is negative beyond what rounding does.
  var isPositiveSemidefinite: Bool {
    let d = (0..<3).map { rows[$0][$0] }
    guard d.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return false }
    func correlation(_ i: Int, _ j: Int) -> Double {
      d[i] > 0 && d[j] > 0 ? rows[i][j] / (d[i].squareRoot() * d[j].squareRoot()) : 0
    }
    let (a, b, c) = (correlation(0, 1), correlation(0, 2), correlation(1, 2))
    guard [a, b, c].allSatisfy({ $0.magnitude <= 1 + 1e-9 }) else { return false }
    return 1 + 2 * a * b * c - a * a - b * b - c * c >= -1e-9
  }
}

/// A belief about a clock with a covariance that is one: made from three independent causes.
func belief(_ random: inout some RandomNumberGenerator) -> ClockState {
  let scale = [1e-3, 1e-6, 1e-3]
  let root = (0..<3).map { i in (0..<3).map { _ in scale[i] * Double.random(in: -1...1, using: &random) } }
  func product(_ i: Int, _ j: Int) -> Double { (0..<3).map { root[i][$0] * root[j][$0] }.reduce(0, +) }
  var state = ClockState()
  state.x = Double.random(in: -1e-2...1e-2, using: &random)
  state.y = Double.random(in: -1e-4...1e-4, using: &random)
  state.d = Double.random(in: 1e-3...1e-1, using: &random)
  (state.xx, state.xy, state.xd) = (product(0, 0), product(0, 1), product(0, 2))
  (state.yy, state.yd, state.dd) = (product(1, 1), product(1, 2), product(2, 2))
  return state
}
