// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Filtering

@Suite struct SourceFilterTests {
  static let unknown = FrequencyPrior(mean: .zero, deviation: .partsPerMillion(100))

  static func filled(_ count: Int = 20) -> SourceFilter {
    var filter = SourceFilter()
    var random = SeededGenerator(seed: 61)
    for i in 0..<count {
      // What queues do to an offset they do to the delay, too.
      let out = random.exponential(mean: 5e-6)
      let back = random.exponential(mean: 5e-6)
      _ = filter.add(
        observation(at: Double(i), offset: (out - back) / 2, delay: 1e-3 + out + back), prior: Self.unknown)
    }
    return filter
  }

  /// One far off is held back and leaves the estimate as it was; four in a row are the new truth.
  @Test func spikesAndRestart() throws {
    var filter = Self.filled()
    let now = RawInstant(nanoseconds: 30_000_000_000)
    let before = try #require(filter.estimate(at: now, driftBound: DriftBound(15e-6))).line
    func add(_ second: Int) -> SourceFilter.Verdict {
      filter.add(observation(at: Double(second), offset: 0.1), prior: Self.unknown)
    }
    #expect(add(20) == .spike)
    #expect(try #require(filter.estimate(at: now, driftBound: DriftBound(15e-6))).line == before)
    #expect(add(21) == .spike)
    #expect(add(22) == .spike)
    #expect(add(23) == .restarted)
    let after = try #require(filter.estimate(at: now, driftBound: DriftBound(15e-6)))
    #expect(((after.line.time - before.time).inSeconds - 0.1).magnitude < 1e-4)
    #expect(after.sampleCount == 21)
  }

  /// A spike between good samples is forgotten.
  @Test func singleSpikesDoNotAddUp() {
    var filter = Self.filled()
    for i in 20..<60 {
      let isSpike = i % 2 == 0
      let verdict = filter.add(
        observation(at: Double(i), offset: isSpike ? 0.1 : 0), prior: Self.unknown)
      #expect(verdict == (isSpike ? .spike : .taken))
    }
  }

  /// What a queue explains is no spike: half of the added delay may be an offset.
  @Test func lateIsNoSpike() {
    var filter = Self.filled()
    let late = observation(at: 20, offset: 4e-3, delay: 1e-3 + 8e-3)
    let verdict = filter.add(late, prior: Self.unknown)
    #expect(verdict == .taken)
  }

  @Test func staleIsRefused() {
    var filter = Self.filled()
    let before = filter.accepted
    for second in [5.0, 19.0] {
      let verdict = filter.add(observation(at: second), prior: Self.unknown)
      #expect(verdict == .stale)
    }
    #expect(filter.accepted == before)
  }

  /// The errors grow with age, and the truth stays within the hard bound whatever the asymmetry of the path.
  @Test func boundHoldsUnderAsymmetry() throws {
    var filter = SourceFilter()
    var random = SeededGenerator(seed: 62)
    for i in 0..<30 {
      // All of the delay in one direction: the offset is wrong by half of it.
      let delay = 2e-3 + random.exponential(mean: 1e-4)
      _ = filter.add(
        observation(at: Double(i), offset: delay / 2, delay: delay), prior: Self.unknown)
    }
    var last = 0.0
    for second in [30, 100, 1000] {
      let now = RawInstant(nanoseconds: Int64(second) * 1_000_000_000)
      let estimate = try #require(filter.estimate(at: now, driftBound: DriftBound(15e-6)))
      let truth = observation(at: Double(second)).reference
      #expect((estimate.line.time - truth).inSeconds.magnitude <= estimate.bounds.hard)
      #expect(estimate.offsetError > last)
      last = estimate.offsetError
    }
  }

  /// A source that finds the time again and slews there says less of its own error with each sample: the line lags behind it, and
  /// its frequency is not ours. 4 ms at 50, 100 or 400 ppm; what it says covers where it is, and the bound covers the truth all along.
  @Test(arguments: [50e-6, 100e-6, 400e-6])
  func boundHoldsWhileTheSourceSlews(rate: Double) throws {
    var filter = SourceFilter()
    var random = SeededGenerator(seed: 63)
    let begin = 640.0
    for poll in 0..<100 {
      let second = Double(poll) * 16
      let wrong = max(0, 4e-3 - rate * max(0, second - begin))
      let (out, back) = (random.exponential(mean: 5e-6), random.exponential(mean: 5e-6))
      var sample = observation(at: second, offset: wrong + (out - back) / 2, delay: 1e-3 + out + back)
      sample.rootError = wrong + 20e-6
      _ = filter.add(sample, prior: Self.unknown)
      for later in [0.0, 8, 16] where poll >= 8 {
        let now = RawInstant(nanoseconds: Int64((second + later) * 1e9))
        let estimate = try #require(filter.estimate(at: now, driftBound: DriftBound(15e-6)))
        let error = (estimate.line.time - observation(at: second + later).reference).inSeconds
        #expect(
          error.magnitude <= estimate.bounds.hard + sample.rootError, "\(error) at \(second + later) s, source \(wrong)"
        )
      }
    }
  }
}
