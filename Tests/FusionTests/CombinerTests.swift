// SPDX-License-Identifier: Apache-2.0

import Filtering
import TestSupport
import Testing
import TimeTypes

@testable import Fusion

@Suite struct CombinerTests {
  static let now = RawInstant(nanoseconds: 5_000_000_000)

  static func survivor(
    _ id: UInt32, offset: Double, distance: Double, error: Double = 1e-6, frequency: Double = 0, isSystem: Bool = false,
    isPreferred: Bool = false, bound: Double = 1e-3, jitter: Double = 0
  ) -> Survivor {
    var estimate = SourceEstimate.none
    estimate.line = ClockLine(
      raw: now, time: TimeInterval.seconds(1_790_000_000) + TimeInterval(seconds: offset),
      frequency: Frequency(ratio: frequency))
    estimate.offsetError = error
    estimate.frequencyError = .partsPerMillion(1)
    estimate.hardBound = bound
    estimate.jitter = jitter
    estimate.newest.raw = RawInstant(nanoseconds: Int64(id))
    return Survivor(
      source: SourceID(rawValue: id), estimate: estimate, rootDistance: distance, isFresh: true,
      isPreferred: isPreferred,
      isSystemSource: isSystem, rootError: 0)
  }

  static func fuse(_ survivors: [Survivor]) -> FusedEstimate? {
    var list = SurvivorList()
    for survivor in survivors { list.append(survivor) }
    var combiner = Combiner()
    return combiner.fuse(list, at: now)
  }

  static func offset(_ estimate: FusedEstimate) -> Double {
    (estimate.line.time - TimeInterval.seconds(1_790_000_000)).inSeconds
  }

  /// Θ = Σ(θ/λ) / Σ(1/λ) and ϑ = √(Σ((θ − θ₀)²/λ) / Σ(1/λ)), RFC 5905, section 11.2.3.
  @Test func isTheFormula() throws {
    var random = SeededGenerator(seed: 31)
    for _ in 0..<500 {
      let count = Int.random(in: 1...8, using: &random)
      let offsets = (0..<count).map { _ in Double.random(in: -0.1...0.1, using: &random) }
      let distances = (0..<count).map { _ in Double.random(in: 0.001...1, using: &random) }
      let system = Int.random(in: 0..<count, using: &random)
      let result = try #require(
        Self.fuse(
          (0..<count).map {
            Self.survivor(UInt32($0), offset: offsets[$0], distance: distances[$0], isSystem: $0 == system)
          }))
      let weights = distances.map { 1 / $0 }
      let sum = weights.reduce(0, +)
      let expected = zip(offsets, weights).map(*).reduce(0, +) / sum
      let squares = zip(offsets, weights).map { ($0 - offsets[system]) * ($0 - offsets[system]) * $1 }.reduce(0, +)
      #expect((Self.offset(result) - expected).magnitude < 1e-10)
      #expect((result.jitter - (squares / sum).squareRoot()).magnitude < 1e-8)
    }
  }

  @Test func preferredSpeakAlone() throws {
    let result = try #require(
      Self.fuse([
        Self.survivor(1, offset: 0.5, distance: 0.001),
        Self.survivor(2, offset: 0.25, distance: 1, isSystem: true, isPreferred: true),
      ]))
    #expect((Self.offset(result) - 0.25).magnitude < 1e-10)
  }

  @Test func frequencyByItsInformation() throws {
    var sharp = Self.survivor(1, offset: 0, distance: 1, frequency: 1e-6, isSystem: true)
    sharp.estimate.frequencyError = Frequency(ratio: 1e-9)
    let result = try #require(Self.fuse([sharp, Self.survivor(2, offset: 0, distance: 1, frequency: 9e-6)]))
    #expect((result.line.frequency.ratio - 1e-6).magnitude < 1e-10)
    #expect(result.frequencyError.ratio < 1e-9)
  }

  /// The hard bound is that of the survivor that allows least, counted from the combined time.
  @Test func boundIsTheTightest() throws {
    let result = try #require(
      Self.fuse([
        Self.survivor(1, offset: 0, distance: 1, isSystem: true, bound: 0.010),
        Self.survivor(2, offset: 0.004, distance: 1, bound: 0.003),
      ]))
    #expect((result.hardBound - 0.005).magnitude < 1e-9)
  }

  @Test func newestSampleCounts() throws {
    let result = try #require(
      Self.fuse([Self.survivor(9, offset: 0, distance: 1), Self.survivor(4, offset: 0, distance: 1, isSystem: true)]))
    #expect(result.lastUpdate.nanoseconds == 9)
    #expect(Self.fuse([]) == nil)
  }
}
