// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Filtering

/// A path filter beside the truth that it should find.
struct Tracking {
  var path: QueuedPath
  var oscillator: ClockBankTests.Oscillator
  var filter = PathFilter()
  /// What the source's time is off, and what the directions' base delays are besides the path's floor.
  var lie = 0.0
  var added = (out: 0.0, back: 0.0)
  private(set) var measurements: [Measurement] = []
  private(set) var verdicts: [PathFilter.Verdict] = []

  init(_ path: QueuedPath, wander: Double = 1e-10, seed: UInt64) {
    self.path = path
    oscillator = ClockBankTests.Oscillator(wander: wander, seed: seed)
  }

  mutating func measure(every interval: Double = 16) {
    oscillator.run(interval)
    var m = path.measurement(at: oscillator.time, clock: oscillator.x + lie)
    m.offset += 0.5 * (added.out - added.back)
    m.delay += added.out + added.back
    if measurements.isEmpty {
      filter.start(m, frequency: 0, deviation: 1e-5)
      verdicts.append(.taken)
    } else {
      verdicts.append(filter.add(m))
    }
    measurements.append(m)
  }

  /// Estimate − truth, seconds.
  var error: Double {
    var bank = filter.bank
    bank.predict(to: oscillator.time)
    return bank.mean.x - oscillator.x - lie
  }
}

@Suite struct PathFilterTests {
  static func exponential(_ mean: Double) -> (inout SeededGenerator) -> Double { { $0.exponential(mean: mean) } }

  /// Under exponential queues it is far better than any straight line through the offsets.
  @Test func beatsAveraging() {
    var own = 0.0
    var plain = 0.0
    for seed in UInt64(0)..<8 {
      var t = Tracking(QueuedPath(seed: 500 + seed, alike: Self.exponential(1e-4)), seed: 520 + seed)
      for i in 0..<100 {
        t.measure()
        guard i >= 64, i % 4 == 0 else { continue }
        own += t.error * t.error
        // Least squares through the last 64 offsets, at the newest of them.
        let last = t.measurements.suffix(64)
        let time = last.map(\.time).reduce(0, +) / 64
        let offset = last.map(\.offset).reduce(0, +) / 64
        let slope =
          last.map { ($0.time - time) * ($0.offset - offset) }.reduce(0, +)
          / last.map { ($0.time - time) * ($0.time - time) }.reduce(0, +)
        let line = offset + slope * (t.oscillator.time - time) - t.oscillator.x
        plain += line * line
      }
    }
    #expect(own < 0.4 * plain, "rms ratio \((own / plain).squareRoot())")
  }

  /// What it says of its error is about true, for each kind of queue that it knows.
  @Test(arguments: ["exponential", "gamma", "normal", "skewed", "sometimes heavy"])
  func deviationIsHonest(kind: String) {
    var sum = 0.0
    for seed in UInt64(0)..<8 {
      var path = QueuedPath(seed: 540 + seed, alike: Self.exponential(1e-4))
      switch kind {
      case "gamma":
        path.out = { random in (0..<3).map { _ in random.exponential(mean: 1e-4) }.reduce(0, +) }
        path.back = path.out
      case "normal":
        path.out = { $0.gaussian(mean: 1e-3, standardDeviation: 1e-4) }
        path.back = path.out
      case "skewed":
        path.back = Self.exponential(1e-3)
      case "sometimes heavy":
        path.out = { $0.exponential(mean: $0.uniform() < 0.1 ? 5e-3 : 1e-4) }
        path.back = path.out
      default: break
      }
      var t = Tracking(path, seed: 560 + seed)
      for _ in 0..<60 { t.measure() }
      sum += t.error * t.error / t.filter.bank.mean.xx
    }
    #expect(sum / 8 > 0.02 && sum / 8 < (kind == "skewed" ? 8 : 4), "mean square of the normalized error: \(sum / 8)")
  }

  /// The first sixteen measurements are gone through again: after few the clock is known to a part of a queue.
  @Test func startsQuickly() {
    var squares = 0.0
    for seed in UInt64(0)..<10 {
      var t = Tracking(QueuedPath(seed: 580 + seed, alike: Self.exponential(1e-3)), seed: 600 + seed)
      for _ in 0..<8 { t.measure(every: 2) }
      squares += t.error * t.error
    }
    #expect((squares / 10).squareRoot() < 6e-4)
  }

  /// The kind of queue is found out: the family that made the samples is believed more than its rival.
  @Test func familiesAreFound() {
    var exponential = Tracking(QueuedPath(seed: 620, alike: Self.exponential(1e-4)), seed: 621)
    for _ in 0..<120 { exponential.measure() }
    let a = exponential.filter.noise.beliefs
    #expect(a[PathNoise.alike] > a[PathNoise.normal])
    var normal = Tracking(
      QueuedPath(seed: 622) { $0.gaussian(mean: 1e-3, standardDeviation: 1e-4) }, seed: 623)
    for _ in 0..<120 { normal.measure() }
    let b = normal.filter.noise.beliefs
    #expect(b[PathNoise.normal] + b[PathNoise.shaped] > b[PathNoise.alike])
    for beliefs in [a, b] { #expect(((0..<7).map { beliefs[$0] }.reduce(0, +) - 1).magnitude < 1e-12) }
    // How often queues are heavy is learned as well.
    var heavy = Tracking(
      QueuedPath(seed: 624) { $0.exponential(mean: $0.uniform() < 0.4 ? 1e-2 : 1e-4) }, seed: 625)
    for _ in 0..<120 { heavy.measure() }
    #expect(heavy.filter.noise.forwardShare > 3 * exponential.filter.noise.forwardShare)
  }

  /// Half of all packets lost, at random and for an hour at once: it waits and goes on.
  @Test func lostSamples() {
    var random = SeededGenerator(seed: 640)
    var t = Tracking(QueuedPath(seed: 641, alike: Self.exponential(1e-4)), seed: 642)
    for _ in 0..<40 { t.measure(every: random.uniform() < 0.5 ? 16 : 48) }
    #expect(t.error.magnitude < 1e-4)
    let before = t.filter.bank.mean.xx
    t.measure(every: 3600)
    for _ in 0..<10 { t.measure() }
    #expect(t.error.magnitude < 1e-4)
    #expect(t.filter.routeChanges == 0 && t.filter.timeSteps == 0)
    #expect(before > 0)
  }
}
