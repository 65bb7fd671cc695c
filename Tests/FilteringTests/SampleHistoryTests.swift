// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Filtering

@Suite struct SampleHistoryTests {
  static let unknown = FrequencyPrior(mean: .zero, deviation: .partsPerMillion(100))

  /// The line is found within its own error bars, whatever the interval.
  @Test(arguments: [1.0, 16.0, 256.0])
  func findsTheLine(interval: Double) {
    var random = SeededGenerator(seed: 51)
    var inside = 0
    for _ in 0..<50 {
      var history = SampleHistory()
      for i in 0..<40 {
        let noise = random.gaussian(standardDeviation: 10e-6)
        history.add(
          observation(at: interval * Double(i), offset: 0.2 + noise, frequency: 30e-6), prior: Self.unknown)
      }
      let frequency = (history.fit.slope - 30e-6).magnitude
      if frequency <= 3 * history.fit.slopeVariance.squareRoot() { inside += 1 }
    }
    #expect(inside >= 46)
  }

  /// The first sample alone gives the prior's frequency; the second and third already correct it.
  @Test func beginsWithThePrior() {
    var history = SampleHistory()
    let prior = FrequencyPrior(mean: .partsPerMillion(7), deviation: .partsPerMillion(2))
    history.add(observation(at: 0), prior: prior)
    #expect((history.fit.slope - 7e-6).magnitude < 1e-12)
    #expect((history.fit.slopeVariance.squareRoot() - 2e-6).magnitude < 1e-12)
  }

  /// A late packet is weighed down: it does not drag the line by its error.
  @Test func latePacketsWeighLittle() {
    var history = SampleHistory()
    for i in 0..<20 {
      let late = i % 4 == 3 ? 5e-3 : 0
      history.add(
        observation(at: Double(i), offset: late / 2, delay: 1e-3 + late, dispersion: 1e-6), prior: Self.unknown)
    }
    #expect(history.fit.value(at: history.time(of: RawInstant(nanoseconds: 19_000_000_000))).magnitude < 0.3e-3)
  }

  /// A bend in the line shortens the window; a straight one fills it.
  @Test func windowFollowsTheOscillator() {
    var random = SeededGenerator(seed: 52)
    var straight = SampleHistory()
    var bent = SampleHistory()
    for i in 0..<100 {
      let noise = random.gaussian(standardDeviation: 5e-6)
      straight.add(observation(at: 16 * Double(i), offset: noise), prior: Self.unknown)
      let turned = i > 60 ? 20e-6 * 16 * Double(i - 60) : 0
      bent.add(observation(at: 16 * Double(i), offset: noise + turned), prior: Self.unknown)
    }
    #expect(straight.count == SampleHistory.capacity)
    #expect(bent.count < 50)
    #expect((bent.fit.slope - 20e-6).magnitude < 0.5e-6)
  }

  /// Nanoseconds survive: 1.8·10⁹ s since 1970 and a counter of days cost nothing.
  @Test func keepsNanoseconds() {
    var history = SampleHistory()
    let start = 1e6
    for i in 0..<20 { history.add(observation(at: start + Double(i), offset: 0.123456789), prior: Self.unknown) }
    let now = RawInstant(sinceEpoch: TimeInterval(seconds: start + 20))
    let expected = observation(at: start + 20, offset: 0.123456789).reference
    #expect((history.line(at: now).time - expected).inNanoseconds.magnitude < 2)
  }
}
