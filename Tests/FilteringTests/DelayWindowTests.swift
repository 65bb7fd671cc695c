// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

/// A path whose two directions queue as they are told to.
struct QueuedPath {
  var random: SeededGenerator
  var floor = 0.02
  var out: (inout SeededGenerator) -> Double
  var back: (inout SeededGenerator) -> Double

  init(seed: UInt64, alike queue: @escaping (inout SeededGenerator) -> Double) {
    random = SeededGenerator(seed: seed)
    out = queue
    back = queue
  }

  mutating func measurement(at time: Double, clock x: Double = 0) -> Measurement {
    let (a, b) = (out(&random), back(&random))
    return Measurement(time: time, offset: x + 0.5 * (a - b), delay: floor + a + b, stamp: 1e-8)
  }

  /// The noise of a window that `count` exchanges filled, fitted at the end.
  mutating func fitted(_ count: Int = 128) -> PathNoise {
    var window = DelayWindow()
    var noise = PathNoise()
    for i in 0..<count {
      window.add(measurement(at: 16 * Double(i)))
      if window.isDue { window.fit(&noise, floor: floor, stamp: 1e-8) }
    }
    return noise
  }
}

@Suite struct DelayWindowTests {
  /// Typical figures: the median over seeds.
  static func median(_ value: (UInt64) -> Double) -> Double { (0..<9).map { value($0) }.sorted()[4] }

  @Test(arguments: [1e-6, 1e-4, 3e-3])
  func exponentialQueues(mean: Double) {
    let light = Self.median { seed in
      var path = QueuedPath(seed: 200 + seed) { $0.exponential(mean: mean) }
      return path.fitted().light
    }
    #expect((light / mean - 1).magnitude < 0.15)
  }

  @Test func gammaQueues() {
    func gamma(_ random: inout SeededGenerator) -> Double {
      (0..<3).map { _ in random.exponential(mean: 1e-4) }.reduce(0, +)
    }
    let noises = (0..<9).map { seed in
      var path = QueuedPath(seed: 220 + UInt64(seed), alike: gamma)
      return path.fitted()
    }
    #expect((noises.map(\.shapedScale).sorted()[4] / 1e-4 - 1).magnitude < 0.25)
    #expect((noises.map(\.shapedFloor).sorted()[4] - 0.02).magnitude < 1.5e-4)
    #expect(noises.map(\.shapedFavor).sorted()[4] > 2)
  }

  /// One in five goes a hundred times slower: the light queue is found nevertheless, and the heavy one with it.
  @Test func twoKindsOfQueue() {
    let noises = (0..<9).map { seed in
      var path = QueuedPath(seed: 240 + UInt64(seed)) {
        $0.exponential(mean: $0.uniform() < 0.2 ? 5e-3 : 5e-5)
      }
      return path.fitted()
    }
    let light = noises.map(\.light).sorted()[4]
    let heavy = noises.map(\.heavy).sorted()[4]
    #expect(light / 5e-5 > 0.6 && light / 5e-5 < 1.6)
    #expect(heavy / 5e-3 > 0.5 && heavy / 5e-3 < 1.6)
  }

  /// Fewer than eight round trips give a guess that is not absurd.
  @Test(arguments: [1, 2, 4, 7])
  func fewRoundTrips(count: Int) {
    let light = Self.median { seed in
      var path = QueuedPath(seed: 260 + seed) { $0.exponential(mean: 1e-3) }
      return path.fitted(count).light
    }
    #expect(light > 5e-5 && light < 5e-3)
  }

  /// Normal noise: median and spread are its own.
  @Test func normalNoise() {
    let noises = (0..<9).map { seed in
      var path = QueuedPath(seed: 280 + UInt64(seed)) { 1e-3 + $0.gaussian(standardDeviation: 1e-4) }
      return path.fitted()
    }
    #expect((noises.map(\.spread).sorted()[4] / (1e-4 * 2.0.squareRoot()) - 1).magnitude < 0.2)
    #expect((noises.map(\.median).sorted()[4] - 0.022).magnitude < 5e-5)
    #expect(noises.map(\.normalFavor).sorted()[4] > 2)
  }

  /// The least of the last 128, whatever came before; nothing is known while it is empty.
  @Test func forgetsTheOldest() {
    var window = DelayWindow()
    #expect(window.least == .infinity)
    var noise = PathNoise()
    window.fit(&noise, floor: 1, stamp: 1)
    #expect(noise.light == PathNoise().light)
    for i in 0..<300 {
      window.add(Measurement(time: 0, offset: 0, delay: i == 100 ? 0.5 : 2 - Double(i) / 1000, stamp: 0))
    }
    #expect(window.count == 128)
    #expect(window.least == 2 - 0.299)
    window.removeAll()
    #expect(window.least == .infinity)
  }

  /// Stamps of coarse clocks: no queue is finer than they are, and nothing is divided by zero.
  @Test func equalRoundTrips() {
    var path = QueuedPath(seed: 1) { _ in 0 }
    let noise = path.fitted()
    #expect(noise.light > 0 && noise.light < 1e-6)
    #expect(noise.spread == 1e-8)
    #expect(noise.shapedScale == 1e-8)
    #expect(noise.independence == 1)
    #expect(noise.skew == 0.5)
    #expect([noise.heavy, noise.shapedFavor, noise.normalFavor, noise.median].allSatisfy { $0.isFinite })
  }
}
