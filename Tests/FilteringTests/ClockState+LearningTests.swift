// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Filtering

@Suite struct ClockStateLearningTests {
  static func state(deviation: Double, floor: Double = 0.01, floorDeviation: Double = 0) -> ClockState {
    var state = ClockState()
    state.xx = deviation * deviation
    state.yy = 1e-14
    state.d = floor
    state.dd = floorDeviation * floorDeviation
    return state
  }

  static func noise(light: Double) -> PathNoise {
    var noise = PathNoise()
    noise.light = light
    noise.heavy = 8 * light
    noise.shapedScale = light
    noise.shapedFloor = 0.01
    return noise
  }

  /// Simpson's rule for the moments of a density over ±`reach`.
  static func moments(reach: Double, _ density: (Double) -> Double) -> (log: Double, mean: Double, variance: Double) {
    let steps = 8000
    let h = 2 * reach / Double(steps)
    var m = (0.0, 0.0, 0.0)
    for i in 0...steps {
      let x = -reach + h * Double(i)
      let value = (i == 0 || i == steps ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0)) * h / 3 * density(x)
      m.0 += value
      m.1 += value * x
      m.2 += value * x * x
    }
    let mean = m.1 / m.0
    return (log(m.0), mean, m.2 / m.0 - mean * mean)
  }

  static func normal(_ x: Double, _ variance: Double) -> Double {
    exp(-0.5 * x * x / variance) / (2 * Double.pi * variance).squareRoot()
  }

  /// A near and a far normal: evidence and moments against the integral.
  @Test(arguments: [0.0, 1e-4, 6e-4, 2e-3])
  func normals(offset: Double) {
    let deviation = 2e-4
    let variance = 1e-8
    let excess = 5e-4
    var found = Self.state(deviation: deviation)
    let evidence = found.learn(offset: offset, variance: variance, excess: excess, PathNoise())
    let far = 16 * variance + 0.25 * excess * excess
    let truth = Self.moments(reach: 2e-3) { x in
      Self.normal(x, deviation * deviation)
        * (0.97 * Self.normal(offset - x, variance) + 0.03 * Self.normal(offset - x, far))
    }
    #expect((evidence - truth.log).magnitude < 1e-3)
    #expect((found.x - truth.mean).magnitude < 1e-3 * deviation)
    #expect((found.xx / truth.variance - 1).magnitude < 1e-2)
  }

  /// Both directions with a known floor, one after the other: each is the integral of the belief before times the density of
  /// that direction's queue, matched by a normal.
  @Test(arguments: [(5e-5, 5e-5), (1e-4, 0.0), (0.0, 2e-4), (5e-4, 3e-4), (1e-3, 1e-4)], [0.5, 0.2])
  func queues(_ queued: (out: Double, back: Double), skew: Double) {
    let deviation = 3e-4
    let noise = Self.noise(light: 1e-4)
    let m = Measurement(
      time: 0, offset: 0.5 * (queued.out - queued.back), delay: 0.01 + queued.out + queued.back, stamp: 1e-6)
    var found = Self.state(deviation: deviation)
    let evidence = found.learnQueues(m, noise, skew: skew, soft: 1e-14)
    func queue(_ u: Double, _ light: Double) -> Double {
      let junk = PathNoise.junk / noise.light
      return u < 0 ? junk : junk + 0.95 * exp(-u / light) / light + 0.05 * exp(-u / noise.heavy) / noise.heavy
    }
    let out = Self.moments(reach: 3e-3) { x in
      Self.normal(x, deviation * deviation) * queue(queued.out - x, 2 * skew * noise.light)
    }
    let both = Self.moments(reach: 3e-3) { x in
      Self.normal(x - out.mean, out.variance) * queue(queued.back + x, 2 * (1 - skew) * noise.light)
    }
    #expect((found.x - both.mean).magnitude < 0.03 * both.variance.squareRoot())
    #expect((found.xx / both.variance - 1).magnitude < 0.05)
    #expect((evidence.log - out.log - both.log).magnitude < 0.03)
  }

  /// Gamma queues: the clock is put where both directions have queued about as usual, not at the edge.
  @Test func shapedQueues() {
    var random = SeededGenerator(seed: 111)
    let noise = Self.noise(light: 1e-4)
    func gamma() -> Double { (0..<3).map { _ in random.exponential(mean: 1e-4) }.reduce(0, +) }
    var squares = 0.0
    var claimed = 0.0
    for _ in 0..<1000 {
      let (out, back) = (gamma(), gamma())
      let m = Measurement(time: 0, offset: 0.5 * (out - back), delay: 0.01 + out + back, stamp: 1e-7)
      var state = Self.state(deviation: 1e-3)
      _ = state.learnShapedQueues(m, noise, soft: 1e-12)
      squares += state.x * state.x
      claimed += state.xx
    }
    // Averaging the directions leaves half of √(2·3) lights: that is what the family has to reach, and to claim.
    let plain = 0.25 * 2 * 3 * 1e-8
    #expect(squares / 1000 < 1.1 * plain)
    #expect(claimed > 0.7 * squares && claimed < 2 * squares)
  }

  /// The round trip alone moves the floor and leaves the clock, unless they were known together.
  @Test func floor() {
    let noise = Self.noise(light: 1e-4)
    var state = Self.state(deviation: 1e-3, floorDeviation: 1e-3)
    state.learnFloor(Measurement(time: 0, offset: 5e-3, delay: 0.0095, stamp: 1e-7), noise, soft: 1e-12)
    #expect(state.x == 0)
    #expect(state.xx == 1e-6)
    #expect(state.d < 0.0095 && state.d > 0.009)
    #expect(state.dd.squareRoot() < 4e-4)
  }

  /// A sample that repeats the last one moves less, and leaves more open.
  @Test func dependentSamplesSayLess() {
    var noise = Self.noise(light: 1e-4)
    let m = Measurement(time: 0, offset: 2e-4, delay: 0.0102, stamp: 1e-7)
    var free = Self.state(deviation: 3e-4)
    _ = free.learnQueues(m, noise, skew: 0.5, soft: 1e-12)
    noise.independence = 0.1
    var bound = Self.state(deviation: 3e-4)
    _ = bound.learnQueues(m, noise, skew: 0.5, soft: 1e-12)
    #expect(bound.xx > 1.5 * free.xx)
    #expect(bound.x.magnitude < free.x.magnitude)
  }

  /// A hundred thousand random measurements with random noise leave a covariance that is one.
  @Test func covarianceStaysPositive() {
    var random = SeededGenerator(seed: 112)
    var state = belief(&random)
    var broken = 0
    for i in 0..<100_000 {
      if i % 1000 == 0 { state = belief(&random) }
      state.predict(random.exponential(mean: 64), wander: exp(Double.random(in: -24 ... -16, using: &random)))
      var noise = Self.noise(light: exp(Double.random(in: -16 ... -5, using: &random)))
      if i % 3 == 0 { noise.independence = Double.random(in: 0.05...1, using: &random) }
      let m = Measurement(
        time: 0, offset: random.gaussian(mean: state.x, standardDeviation: 1e-3), delay: random.exponential(mean: 0.02),
        stamp: 1e-7)
      switch i % 4 {
      case 0: _ = state.learnQueues(m, noise, skew: Double.random(in: 0.05...0.95, using: &random), soft: 1e-14)
      case 1: _ = state.learnShapedQueues(m, noise, soft: 1e-14)
      case 2: state.learnFloor(m, noise, soft: 1e-14)
      default: _ = state.learn(offset: m.offset, variance: noise.light * noise.light, excess: m.delay - state.d, noise)
      }
      if !Matrix(state).isPositiveSemidefinite { broken += 1 }
    }
    #expect(broken == 0)
  }
}
