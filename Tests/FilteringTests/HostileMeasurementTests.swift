// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Filtering

/// What comes from the wire may be anything: no value of it makes an estimate that is not a number.
@Suite struct HostileMeasurementTests {
  static func isFinite(_ state: ClockState) -> Bool {
    [state.x, state.y, state.d, state.xx, state.xy, state.xd, state.yy, state.yd, state.dd].allSatisfy(\.isFinite)
      && state.xx >= 0 && state.yy >= 0 && state.dd >= 0
  }

  static func isFinite(_ noise: PathNoise) -> Bool {
    let scales = [
      noise.light, noise.heavy, noise.skew, noise.forwardShare, noise.backwardShare, noise.median, noise.spread,
      noise.shapedScale, noise.shapedFloor, noise.shapedFavor, noise.normalFavor, noise.independence,
    ]
    return scales.allSatisfy(\.isFinite) && noise.light > 0 && noise.spread > 0
      && (0..<7).allSatisfy { noise.beliefs[$0].isFinite }
  }

  static func isSound(_ filter: PathFilter) -> Bool {
    isFinite(filter.bank.mean) && isFinite(filter.noise) && filter.asymmetry.isFinite
      && filter.asymmetryVariance.isFinite
      && (0..<8).allSatisfy { isFinite(filter.bank.members[$0]) && filter.bank.weights[$0].isFinite }
  }

  static func offset(_ random: inout SeededGenerator) -> Double {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: 0
    case 1: 1e10
    case 2: -1e10
    case 3: random.gaussian(standardDeviation: 1e3)
    case 4: random.gaussian(standardDeviation: 1e-9)
    default: random.gaussian(standardDeviation: 1e-3)
    }
  }

  static func delay(_ random: inout SeededGenerator) -> Double {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: 0
    case 1: -random.exponential(mean: 1e-3)
    case 2: -9.2e9
    case 3: 9.2e9
    case 4: random.exponential(mean: 1e3)
    case 5: 1e-9
    default: 0.02 + random.exponential(mean: 1e-3)
    }
  }

  static func gap(_ random: inout SeededGenerator) -> Double {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: 0
    case 1: 1e-9
    case 2: 1e9
    default: random.exponential(mean: 64)
    }
  }

  @Test(arguments: UInt64(0)..<24)
  func nothingMakesItNotANumber(seed: UInt64) {
    var random = SeededGenerator(seed: 900 + seed)
    var filter = PathFilter()
    var time = 0.0
    // Some runs begin well, some are wild from the start; some mix one-way measurements in.
    let wild = seed % 3 == 0 ? 1.0 : (seed % 3 == 1 ? 0.3 : 0.03)
    let isMixed = seed % 4 == 3
    for i in 0..<120 {
      let isWild = random.uniform() < wild
      if i > 0 { time += isWild ? Self.gap(&random) : 16 }
      let m = Measurement(
        time: time, offset: isWild ? Self.offset(&random) : random.gaussian(standardDeviation: 1e-4),
        delay: isWild ? Self.delay(&random) : 0.02 + random.exponential(mean: 1e-4),
        stamp: isWild && random.uniform() < 0.3 ? 0.1 : 1e-9, isOneWay: isMixed && random.uniform() < 0.3)
      if i == 0 {
        filter.start(m, frequency: 0, deviation: 1e-4)
      } else {
        _ = filter.add(m)
      }
      guard Self.isSound(filter) else {
        Issue.record("not a number after measurement \(i): \(m) \(filter.bank.mean)")
        return
      }
    }
  }

  /// The same through the source filter, with all that it publishes.
  @Test(arguments: UInt64(0)..<12)
  func everyPublishedNumberIsFinite(seed: UInt64) throws {
    var random = SeededGenerator(seed: 940 + seed)
    var filter = SourceFilter()
    var raw = RawInstant(nanoseconds: 1_000_000_000)
    for i in 0..<100 {
      raw = raw + TimeInterval(seconds: Self.gap(&random).magnitude)
      let delay = Self.delay(&random)
      let seen = Observation(
        raw: raw, reference: .seconds(1_790_000_000) + TimeInterval(seconds: Self.offset(&random)), delay: delay,
        isOneWay: seed % 4 == 0, dispersion: i % 7 == 0 ? 1e10 : 1e-6, asymmetryBound: delay > 0 ? delay / 2 : 0,
        poll: 4, resolution: i % 5 == 0 ? 0.1 : 1e-9)
      _ = filter.add(seen, prior: SourceFilterTests.unknown)
      let estimate = try #require(filter.estimate(at: raw + .seconds(64), driftBound: DriftBound(15e-6)))
      let numbers = [
        estimate.offsetError, estimate.frequencyError.ratio, estimate.scatter, estimate.statistics.delay,
        estimate.statistics.dispersion,
        estimate.statistics.measuredDispersion, estimate.statistics.jitter, estimate.bounds.hard, estimate.bounds.outer,
        estimate.line.frequency.ratio,
      ]
      guard numbers.allSatisfy(\.isFinite) else {
        Issue.record("not finite after observation \(i): \(numbers)")
        return
      }
    }
  }
}
