// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

@Suite struct ClockStateTests {
  static func close(_ a: ClockState, _ b: ClockState, within part: Double) -> Bool {
    let pairs = [
      (a.x, b.x, b.xx.squareRoot()), (a.y, b.y, b.yy.squareRoot()), (a.d, b.d, b.dd.squareRoot()),
      (a.xx, b.xx, b.xx), (a.yy, b.yy, b.yy), (a.dd, b.dd, b.dd), (a.xy, b.xy, (b.xx * b.yy).squareRoot()),
      (a.xd, b.xd, (b.xx * b.dd).squareRoot()), (a.yd, b.yd, (b.yy * b.dd).squareRoot()),
    ]
    return pairs.allSatisfy { ($0.0 - $0.1).magnitude <= part * $0.2 }
  }

  /// Against the same oscillator in ten thousand small steps: dx = y·dt, and y's variance grows by w²·dt.
  @Test func predictionIsTheSumOfSmallSteps() {
    var random = SeededGenerator(seed: 101)
    for _ in 0..<20 {
      let before = belief(&random)
      let elapsed = Double.random(in: 0.1...5000, using: &random)
      let wander = Double.random(in: 1e-9...1e-7, using: &random)
      var fine = before
      let steps = 10_000
      let h = elapsed / Double(steps)
      for _ in 0..<steps {
        fine.x += h * fine.y
        fine.xx += h * (2 * fine.xy + h * fine.yy)
        fine.xy += h * fine.yy
        fine.xd += h * fine.yd
        fine.yy += wander * wander * h
      }
      var found = before
      found.predict(elapsed, wander: wander)
      #expect(Self.close(found, fine, within: 1e-3))
    }
  }

  /// Two steps are one step of both lengths.
  @Test func predictionIsASemigroup() {
    var random = SeededGenerator(seed: 102)
    let before = belief(&random)
    var once = before
    once.predict(1000, wander: 1e-8)
    var twice = before
    twice.predict(300, wander: 1e-8)
    twice.predict(700, wander: 1e-8)
    #expect(Self.close(twice, once, within: 1e-12))
  }

  /// A sample dated ahead of now makes nobody surer than before.
  @Test func backwardsTheErrorsStay() {
    var random = SeededGenerator(seed: 106)
    for _ in 0..<100 {
      let before = belief(&random)
      var state = before
      state.predict(-1, wander: 1e-7)
      #expect(state.x == before.x - before.y)
      state.x = before.x
      #expect(Self.close(state, before, within: 0))
    }
  }

  /// A measurement of hx·x + hd·d with noise is the textbook's Kalman update.
  @Test func conditioningIsKalmans() {
    var random = SeededGenerator(seed: 103)
    for _ in 0..<200 {
      let before = belief(&random)
      let hx = Double.random(in: -1...1, using: &random)
      let hd = Double.random(in: -1...1, using: &random)
      let own = Double.random(in: 0...1e-6, using: &random)
      let noise = Double.random(in: 1e-9...1e-6, using: &random)
      let gap = Double.random(in: -1e-2...1e-2, using: &random)
      let independence = Bool.random(using: &random) ? 1 : Double.random(in: 0.05...1, using: &random)
      // What is told: the sum's own part `own` of noise is in its variance, and it is then measured with `noise`.
      let total = before.variance(hx, hd) + own
      var found = before
      found.condition(
        hx, hd, total: total, shift: gap * total / (total + noise), reduction: total * total / (total + noise),
        independence: independence)
      // A likelihood to a power less than one is that of more noise.
      let truth = Matrix(before).updated([hx, 0, hd], noise: own + noise / independence, gap: gap)
      var expected = before
      expected.x += truth.move[0]
      expected.y += truth.move[1]
      expected.d += truth.move[2]
      let rows = truth.covariance.rows
      (expected.xx, expected.xy, expected.xd) = (rows[0][0], rows[0][1], rows[0][2])
      (expected.yy, expected.yd, expected.dd) = (rows[1][1], rows[1][2], rows[2][2])
      #expect(Self.close(found, expected, within: 1e-6))
    }
  }

  /// Mean and covariance of a mixture, against the sums of first and second moments.
  @Test func mixtures() {
    var random = SeededGenerator(seed: 104)
    let parts = (0..<4).map { _ in belief(&random) }
    let weights = [0.1, 0.2, 0.3, 0.4]
    var found = ClockState()
    for k in 0..<4 { found.accumulate(parts[k], weight: weights[k], around: parts[2]) }
    found.finish(around: parts[2])
    func sum(_ value: (ClockState) -> Double) -> Double { (0..<4).map { weights[$0] * value(parts[$0]) }.reduce(0, +) }
    var expected = ClockState()
    (expected.x, expected.y, expected.d) = (sum(\.x), sum(\.y), sum(\.d))
    let (x, y, d) = (expected.x, expected.y, expected.d)
    expected.xx = sum { $0.xx + ($0.x - x) * ($0.x - x) }
    expected.xy = sum { $0.xy + ($0.x - x) * ($0.y - y) }
    expected.xd = sum { $0.xd + ($0.x - x) * ($0.d - d) }
    expected.yy = sum { $0.yy + ($0.y - y) * ($0.y - y) }
    expected.yd = sum { $0.yd + ($0.y - y) * ($0.d - d) }
    expected.dd = sum { $0.dd + ($0.d - d) * ($0.d - d) }
    #expect(Self.close(found, expected, within: 1e-9))
  }

  @Test func anotherFloorSaysNothingOfTheClock() {
    var random = SeededGenerator(seed: 105)
    let before = belief(&random)
    var state = before
    state.setFloor(0.5, variance: 1e-8)
    var expected = before
    (expected.d, expected.dd, expected.xd, expected.yd) = (0.5, 1e-8, 0, 0)
    #expect(Self.close(state, expected, within: 0))
  }
}
