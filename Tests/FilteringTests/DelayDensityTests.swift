// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Filtering

@Suite struct DelayDensityTests {
  static func noise(_ share: Double) -> PathNoise {
    var noise = PathNoise()
    noise.light = 1e-4
    noise.heavy = 7e-4
    noise.shapedScale = 1e-4
    noise.forwardShare = share
    noise.backwardShare = 2 * share
    return noise
  }

  static func integral(_ logDensity: (Double) -> Double) -> Double {
    let end = 2e-2
    let steps = 20_000
    let h = end / Double(steps)
    return (0..<steps).map { h * exp(logDensity(h * (Double($0) + 0.5))) }.reduce(0, +)
  }

  /// The density of the sum of two directions' queues, by adding up over all ways to share it.
  static func convolution(_ e: Double, _ out: (Double) -> Double, _ back: (Double) -> Double) -> Double {
    let steps = 4000
    let h = e / Double(steps)
    return (0..<steps).map { h * out(h * (Double($0) + 0.5)) * back(e - h * (Double($0) + 0.5)) }.reduce(0, +)
  }

  @Test(arguments: [0.01, 0.1, 0.3], [0.5, 0.2, 0.9])
  func sumsToOne(share: Double, skew: Double) {
    let noise = Self.noise(share)
    let queues = Self.integral { DelayDensity.queues(excess: $0, soft: 0, variance: 0, skew: skew, noise) }
    // A floor of 1e-6 per light queue is added so that nothing is impossible.
    #expect((queues - 1).magnitude < 1e-3)
  }

  @Test(arguments: [0.01, 0.1, 0.3])
  func shapedSumsToOne(share: Double) {
    let noise = Self.noise(share)
    // One heavy queue beside a gamma one is simplified: its light part is not taken off the heavy one.
    let missing = 3 * share * (1 - pow(1 + noise.shapedScale / noise.heavy, -3))
    let all = Self.integral { DelayDensity.shapedQueues(excess: $0, noise) }
    #expect(all < 1 + missing && all > 1 - missing - 1e-3)
  }

  @Test(arguments: [1e-5, 1e-4, 3e-4, 2e-3])
  func isTheConvolution(excess: Double) {
    let noise = Self.noise(0.1)
    func queue(_ share: Double) -> (Double) -> Double {
      { (1 - share) * exp(-$0 / noise.light) / noise.light + share * exp(-$0 / noise.heavy) / noise.heavy }
    }
    let found = DelayDensity.queues(excess: excess, soft: 0, variance: 0, skew: 0.5, noise)
    let truth = Self.convolution(excess, queue(0.1), queue(0.2))
    #expect((found - log(truth + 1e-6 / noise.light)).magnitude < 1e-3)
    let light = Self.noise(0)
    for skew in [0.2, 0.9] {
      let out = 2 * skew * light.light
      let back = 2 * (1 - skew) * light.light
      let found = DelayDensity.queues(excess: excess, soft: 0, variance: 0, skew: skew, light)
      let truth = Self.convolution(excess, { exp(-$0 / out) / out }, { exp(-$0 / back) / back })
      #expect((found - log(truth + 1e-6 / light.light)).magnitude < 1e-2)
    }
    let scale = light.shapedScale
    let gamma = { (u: Double) in 0.5 * u * u / (scale * scale * scale) * exp(-u / scale) }
    let e = max(excess, 0.2 * scale)
    let shaped = DelayDensity.shapedQueues(excess: excess, light)
    #expect((shaped - log(Self.convolution(e, gamma, gamma) + 1e-6 / scale)).magnitude < 1e-2)
  }

  /// Where the floor is not known well, a round trip at the floor is possible.
  @Test func theEdgeIsSoft() {
    let noise = Self.noise(0.05)
    let sharp = DelayDensity.queues(excess: 0, soft: 0, variance: 0, skew: 0.5, noise)
    let soft = DelayDensity.queues(excess: 0, soft: 0, variance: 1e-10, skew: 0.5, noise)
    let edge = DelayDensity.queues(excess: 1e-5, soft: 0, variance: 0, skew: 0.5, noise)
    #expect(soft > sharp + 0.05)
    #expect((soft - edge).magnitude < 1e-12)
  }
}
