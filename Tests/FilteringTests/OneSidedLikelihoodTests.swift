// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Filtering

@Suite struct OneSidedLikelihoodTests {
  struct Case: CustomTestStringConvertible {
    /// In deviations, and of the light queue in deviations, too.
    var gap: Double
    var light: Double
    var heavy: Double
    var share = 0.1
    var junk = 1e-30
    var deviation = 3e-4
    var isShaped = false
    var testDescription: String { "gap \(gap), light \(light), heavy \(heavy), shaped \(isShaped)" }
  }

  static var cases: [Case] {
    var cases: [Case] = []
    for isShaped in [false, true] {
      for light in [0.05, 1, 20] {
        for gap in [-7, -1, 0, 0.5, 4, 30] {
          cases.append(Case(gap: gap, light: light, heavy: 5 * light, isShaped: isShaped))
        }
      }
      cases.append(Case(gap: 2, light: 1, heavy: 9, share: 0.8, junk: 50, isShaped: isShaped))
      cases.append(Case(gap: -3, light: 1, heavy: 9, share: 0.02, junk: 5, isShaped: isShaped))
    }
    return cases
  }

  /// Evidence, moments and the heavy queue's share against the integral of prior times density over the queue.
  @Test(arguments: cases)
  func isTheIntegral(_ c: Case) {
    let deviation = c.deviation
    let gap = c.gap * deviation
    let light = c.light * deviation
    let heavy = c.heavy * deviation
    let found = OneSidedLikelihood(
      gap: gap, variance: deviation * deviation, light: light, heavy: heavy, share: c.share, junk: c.junk,
      isShaped: c.isShaped)
    // Simpson's rule over the queue u = gap − a ≥ 0.
    let end = max(gap, 0) + 12 * deviation
    let steps = 20_000
    let h = end / Double(steps)
    var m = (0.0, 0.0, 0.0)
    var heavies = 0.0
    for i in 0...steps {
      let u = h * Double(i)
      let a = gap - u
      let simpson = (i == 0 || i == steps ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0)) * h / 3
      let prior = exp(-0.5 * a * a / (deviation * deviation)) / (deviation * (2 * Double.pi).squareRoot())
      let one = c.isShaped ? 0.5 * u * u / (light * light * light) * exp(-u / light) : exp(-u / light) / light
      let other = c.share * exp(-u / heavy) / heavy
      let density = simpson * prior * ((1 - c.share) * one + other)
      m.0 += density
      m.1 += density * a
      m.2 += density * a * a
      heavies += simpson * prior * other
    }
    // No surer than a prior that knows little.
    let junk = min(c.junk, 0.03 / deviation)
    m.0 += junk
    m.2 += junk * deviation * deviation
    let mean = m.1 / m.0
    let variance = m.2 / m.0 - mean * mean
    // Far beyond the edge the gamma queue's moments are a series cut short.
    let part = c.isShaped && gap / deviation - deviation / light < -6 ? 1e-2 : 1e-3
    #expect((found.logEvidence - log(m.0)).magnitude < part)
    #expect((found.shift - mean).magnitude < 2e-3 * (mean.magnitude + 0.1 * deviation))
    #expect((deviation * deviation - found.reduction - variance).magnitude < 5 * part * variance)
    #expect((found.heavy - heavies / m.0).magnitude < part)
  }

  /// A belief far wider than the queue is cut down to the queue: no digits are lost on the way.
  @Test(arguments: [1e3, 1e6, 1e9], [false, true])
  func wideBeliefs(ratio: Double, isShaped: Bool) {
    let light = 1e-6
    let deviation = ratio * light
    let found = OneSidedLikelihood(
      gap: 0, variance: deviation * deviation, light: light, heavy: 4 * light, share: 1e-9, junk: 1e-30,
      isShaped: isShaped)
    // A flat prior leaves the queue's own distribution: exponential, or gamma of shape 3.
    let shape = isShaped ? 3.0 : 1.0
    let left = deviation * deviation - found.reduction
    #expect((found.shift / (-shape * light) - 1).magnitude < 0.02)
    let unit = light * light * shape
    // The difference of two squares keeps no more digits than a double has.
    #expect((left - unit).magnitude < 0.03 * unit + 1e-15 * deviation * deviation)
    #expect((found.logEvidence - log(1 / (deviation * (2 * Double.pi).squareRoot()))).magnitude < 0.02)
  }

  /// What no queue explains is junk, and teaches nothing.
  @Test func junk() {
    let found = OneSidedLikelihood(gap: -1, variance: 1e-10, light: 1e-5, heavy: 1e-4, share: 0.1, junk: 1)
    #expect(found.shift == 0)
    #expect(found.reduction.magnitude < 1e-16)
    #expect(found.logEvidence == 0)
  }
}
