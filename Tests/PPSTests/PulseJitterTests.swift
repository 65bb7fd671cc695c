// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import PPS

@Suite struct PulseJitterTests {
  /// The scatter that is found in pulses of a uniform jitter, to either side, of a counter that is `rate` fast.
  static func found(_ jitter: Double, rate: Double = 0, late: Int? = nil, gapEach: Int? = nil) -> Double {
    var (measure, random) = (PulseJitter(), SeededGenerator(seed: 5))
    var before = -1
    for second in 0..<1000 {
      let stray = jitter * (2 * random.uniform() - 1) + (second == late ? 1e6 : 0)
      if let gapEach, second % gapEach == 0 { continue }
      let raw = RawInstant(nanoseconds: 1_000_000_000_000 + Int64(Double(second) * 1e9 * (1 + rate) + stray))
      measure.take(raw, seconds: Int64(second - before))
      before = second
    }
    return measure.nanoseconds
  }

  @Test func oneDeviationOfSinglePulsesIsFound() {
    // Of a uniform distribution: half its width over the root of three. 32 of them tell it to a fifth or so.
    for jitter in [100.0, 10_000] {
      let expected = jitter / 3.0.squareRoot()
      #expect((0.6 * expected...1.5 * expected).contains(Self.found(jitter)))
    }
  }

  @Test func theCountersRateIsNoScatter() {
    #expect(Self.found(0, rate: 100e-6) < 2)
    #expect(abs(Self.found(1000, rate: 100e-6) - Self.found(1000)) < 2)
  }

  @Test func oneLateInterruptHardlyCounts() {
    #expect(Self.found(1000, late: 990) < 3000)
  }

  @Test func onlyThreeInARowTell() {
    // Every other one is missing: there never are three.
    #expect(Self.found(1000, gapEach: 2) == 0)
    #expect(Self.found(1000, gapEach: 5) > 300)
  }
}
