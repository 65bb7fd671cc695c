// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Filtering

/// Observations of a reference that is `offset` ahead of the raw counter at its start and gains `frequency` on it.
func observation(
  at seconds: Double, offset: Double = 0, frequency: Double = 0, delay: Double = 1e-3, dispersion: Double = 1e-6
) -> Observation {
  let raw = RawInstant(sinceEpoch: TimeInterval(seconds: seconds))
  let reference =
    TimeInterval.seconds(1_790_000_000) + raw.sinceEpoch + TimeInterval(seconds: offset + frequency * seconds)
  return Observation(
    raw: raw, reference: reference, delay: delay, isOneWay: false, dispersion: dispersion, asymmetryBound: delay / 2,
    poll: 0)
}

@Suite struct ClockFilterTests {
  /// Delay, dispersion and jitter by RFC 5905, section 10, written plainly.
  @Test func isTheFormula() throws {
    var random = SeededGenerator(seed: 41)
    for count in 1...12 {
      var filter = ClockFilter()
      var all: [(time: Double, offset: Double, delay: Double, dispersion: Double)] = []
      for i in 0..<count {
        let entry = (
          time: 10 * Double(i), offset: Double.random(in: -1e-3...1e-3, using: &random),
          delay: Double.random(in: 1e-3...9e-3, using: &random),
          dispersion: Double.random(in: 1e-6...1e-5, using: &random)
        )
        all.append(entry)
        filter.add(observation(at: entry.time, offset: entry.offset, delay: entry.delay, dispersion: entry.dispersion))
      }
      let now = 10 * Double(count)
      let summary = try #require(
        filter.summary(at: RawInstant(sinceEpoch: TimeInterval(seconds: now)), frequency: .zero))
      let sorted = all.suffix(8).sorted { $0.delay < $1.delay }
      var dispersion = 0.0
      for i in 0..<8 {
        let value = i < sorted.count ? sorted[i].dispersion + 15e-6 * (now - sorted[i].time) : 16
        dispersion += value / Double(1 << (i + 1))
      }
      let squares = sorted.map { ($0.offset - sorted[0].offset) * ($0.offset - sorted[0].offset) }.reduce(0, +)
      let jitter = sorted.count > 1 ? (squares / Double(sorted.count - 1)).squareRoot() : 0
      #expect((summary.statistics.delay - sorted[0].delay).magnitude < 1e-12)
      #expect((summary.statistics.dispersion - dispersion).magnitude < 1e-9)
      #expect((summary.statistics.jitter - jitter).magnitude < 1e-9)
      let offset = (summary.line.time - TimeInterval.seconds(1_790_000_000)).inSeconds - now
      #expect((offset - sorted[0].offset).magnitude < 1e-6)
    }
  }

  /// Stages are compared on the raw counter: with the source's frequency known, a drift is no jitter.
  @Test func driftIsNoJitter() throws {
    var filter = ClockFilter()
    for i in 0..<8 { filter.add(observation(at: 64 * Double(i), frequency: 40e-6)) }
    let now = RawInstant(nanoseconds: 500_000_000_000)
    #expect(try #require(filter.summary(at: now, frequency: .partsPerMillion(40))).statistics.jitter < 1e-9)
    #expect(try #require(filter.summary(at: now, frequency: .zero)).statistics.jitter > 1e-3)
  }

  @Test func emptyStagesKeepASourceOut() throws {
    var filter = ClockFilter()
    #expect(filter.summary(at: RawInstant(nanoseconds: 0), frequency: .zero) == nil)
    var dispersions: [Double] = []
    for i in 0..<5 {
      filter.add(observation(at: Double(i)))
      dispersions.append(
        try #require(filter.summary(at: RawInstant(nanoseconds: 5_000_000_000), frequency: .zero)).statistics.dispersion
      )
    }
    #expect(dispersions[2] > 1.5)
    #expect(dispersions[3] < 1.5)
  }

  @Test func shiftMovesAll() throws {
    var filter = ClockFilter()
    for i in 0..<3 { filter.add(observation(at: Double(i))) }
    let now = RawInstant(nanoseconds: 3_000_000_000)
    let before = try #require(filter.summary(at: now, frequency: .zero)).line.time
    filter.shift(by: .seconds(-1))
    #expect(try #require(filter.summary(at: now, frequency: .zero)).line.time == before - .seconds(1))
  }
}
