// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

@Suite struct DelayWindowShapeTests {
  /// Exponential queues speak against the other shapes.
  @Test func exponentialQueuesFavorThemselves() {
    let noises = (0..<9).map { seed in
      var path = QueuedPath(seed: 300 + UInt64(seed)) { $0.exponential(mean: 1e-4) }
      return path.fitted()
    }
    #expect(noises.map(\.shapedFavor).sorted()[4] < 0)
    #expect(noises.map(\.normalFavor).sorted()[4] < -2)
  }

  /// Where exponential queues are out of the question, gamma ones and normal noise are still told from each other.
  @Test func normalIsToldFromGamma() {
    func lead(_ draw: @escaping (inout SeededGenerator) -> Double) -> Double {
      DelayWindowTests.median { seed in
        var path = QueuedPath(seed: 400 + seed, alike: draw)
        let noise = path.fitted()
        return noise.normalFavor - noise.shapedFavor
      }
    }
    #expect(lead { 1e-3 + $0.gaussian(standardDeviation: 1e-4) } > 2)
    #expect(lead { random in (0..<3).map { _ in random.exponential(mean: 1e-4) }.reduce(0, +) } < -2)
  }

  /// Independent samples are taken for that; where each delay repeats most of the last one, they count for little.
  @Test func independence() {
    let free = DelayWindowTests.median { seed in
      var path = QueuedPath(seed: 320 + seed) { $0.exponential(mean: 1e-4) }
      return path.fitted().independence
    }
    #expect(free == 1)
    let bound = DelayWindowTests.median { seed in
      var level = 3e-4
      var path = QueuedPath(seed: 340 + seed) {
        // Each direction is drawn in turn: 0.95 from draw to draw is 0.9 from one exchange to the next.
        level = max(0, 0.95 * level + 0.05 * 3e-4 + $0.gaussian(standardDeviation: 2e-5))
        return level
      }
      return path.fitted().independence
    }
    #expect(bound < 0.35)
    #expect(bound >= 0.05)
  }

  /// One direction queues ten times as much: its part of the queueing is found from the offsets, and only from them.
  @Test(arguments: [(1.0, 10.0), (10.0, 1.0), (1.0, 1.0), (1.0, 3.0)])
  func skew(_ ratio: (out: Double, back: Double)) {
    let skew = DelayWindowTests.median { seed in
      var path = QueuedPath(seed: 360 + seed) { $0.exponential(mean: ratio.out * 1e-5) }
      path.back = { $0.exponential(mean: ratio.back * 1e-5) }
      return path.fitted().skew
    }
    #expect((skew - ratio.out / (ratio.out + ratio.back)).magnitude < 0.1)
  }

  /// The clock's own frequency is no skew.
  @Test func frequencyIsNoSkew() {
    var window = DelayWindow()
    var noise = PathNoise()
    var path = QueuedPath(seed: 380) { $0.exponential(mean: 1e-4) }
    for i in 0..<128 {
      window.add(path.measurement(at: 16 * Double(i), clock: 100e-6 * 16 * Double(i)))
      window.fit(&noise, floor: 0.02, stamp: 1e-8)
    }
    #expect((noise.skew - 0.5).magnitude < 0.2)
  }
}
