// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite struct SeededGeneratorTests {
  /// The published first outputs of SplitMix64 for seed 1234567 (the reference implementation by Vigna prints them).
  @Test func matchesReference() {
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test func sameSeedSameSequence() {
    var a = SeededGenerator(seed: 7)
    var b = SeededGenerator(seed: 7)
    var c = SeededGenerator(seed: 8)
    let first = (0..<100).map { _ in a.next() }
    #expect(first == (0..<100).map { _ in b.next() })
    #expect(first != (0..<100).map { _ in c.next() })
  }

  @Test func uniformStaysInside() {
    var generator = SeededGenerator(seed: 1)
    let draws = (0..<100_000).map { _ in generator.uniform() }
    #expect(draws.allSatisfy { $0 > 0 && $0 < 1 })
    // The mean of n uniforms has the standard deviation 1/sqrt(12 n); five of them are as good as never.
    let tolerance: Double = 5 / (12 * 100_000.0).squareRoot()
    let mean: Double = draws.reduce(0, +) / 100_000
    #expect(abs(mean - 0.5) < tolerance)
  }

  @Test func gaussianMoments() {
    var generator = SeededGenerator(seed: 2)
    let count = 100_000.0
    let draws = (0..<100_000).map { _ in generator.gaussian(mean: 3, standardDeviation: 2) }
    let mean: Double = draws.reduce(0, +) / count
    let squares: [Double] = draws.map { ($0 - mean) * ($0 - mean) }
    let variance: Double = squares.reduce(0, +) / count
    let meanTolerance: Double = 10 / count.squareRoot()
    #expect(abs(mean - 3) < meanTolerance)
    // The variance of a sample variance of normals is 2 sigma^4 / n.
    let varianceTolerance: Double = 20 * (2 / count).squareRoot()
    #expect(abs(variance - 4) < varianceTolerance)
    // P(|x - mu| > sigma) = erfc(1/sqrt 2) = 0.3173; its binomial deviation is sqrt(p q / n).
    let outside = Double(draws.count { abs($0 - 3) > 2 }) / count
    let outsideTolerance: Double = 5 * (0.31731 * 0.68269 / count).squareRoot()
    #expect(abs(outside - 0.31731) < outsideTolerance)
  }

  @Test func exponentialMoments() {
    var generator = SeededGenerator(seed: 3)
    let count = 100_000.0
    let draws = (0..<100_000).map { _ in generator.exponential(mean: 5) }
    #expect(draws.allSatisfy { $0 > 0 })
    let tolerance: Double = 25 / count.squareRoot()
    let mean: Double = draws.reduce(0, +) / count
    #expect(abs(mean - 5) < tolerance)
    // The median of an exponential is its mean times ln 2.
    let median: Double = draws.sorted()[50_000]
    #expect(abs(median - 5 * 0.693147) < tolerance)
  }

  @Test func bytesHaveTheLengthAskedFor() {
    var generator = SeededGenerator(seed: 4)
    #expect(generator.bytes(0).isEmpty)
    let bytes = generator.bytes(10_000)
    #expect(bytes.count == 10_000)
    #expect(Set(bytes).count == 256)
  }

  @Test func finiteDoublesCoverExponents() {
    var generator = SeededGenerator(seed: 5)
    let draws = (0..<10_000).map { _ in generator.finiteDouble() }
    #expect(draws.allSatisfy { $0.isFinite })
    #expect(draws.contains { abs($0) < 1e-200 } && draws.contains { abs($0) > 1e200 } && draws.contains { $0 < 0 })
  }
}
