// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

/// How the engine uses its estimate: when it begins, how often it wants to be asked, and what it claims while nothing comes.
@Suite struct EstimateTests {
  /// One sample is not enough, and a source that has begun to answer is waited for, but not for ever.
  @Test func oneSampleIsNotFollowed() {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    loop.run(until: 1.5)
    #expect(!loop.state.synchronized && loop.state.systemSource == nil)
    loop.run(until: 6)
    #expect(loop.state.synchronized)
  }

  /// The fast source has two samples before the slow one has its second: the first to be followed has heard both.
  @Test func theFastestIsNotFollowedBeforeTheOthersAreHeard() throws {
    var slow = ModelSource(2, poll: 2)
    slow.burst = 1
    let loop = ClosedLoop(sources: [ModelSource(1), slow])
    loop.run(until: 10)
    let first = try #require(loop.states.first { $0.state.synchronized }?.at)
    #expect(first >= 4)
    // A source that fell silent after its first answer does not hold the others up for more than five seconds.
    var silent = slow
    silent.isUp = { $0 < 1 }
    let other = ClosedLoop(sources: [ModelSource(1), silent])
    other.run(until: 10)
    let second = try #require(other.states.first { $0.state.synchronized }?.at)
    #expect(second > 4 && second < 7)
  }

  /// While a real offset is on its way out the engine wants to be asked four times a second, and else once.
  @Test func ticksComeFasterWhileCorrecting() {
    let loop = ClosedLoop(sources: [ModelSource(1)], offset: 0.3)
    #expect(loop.tickInterval == 1)
    var shortest = 1.0
    for second in 1...30 {
      loop.run(until: Double(second))
      shortest = min(shortest, loop.tickInterval)
    }
    #expect(shortest == 0.25)
    loop.run(until: 120)
    #expect(loop.tickInterval == 1)
  }

  /// With the source gone the estimate coasts: the statistical bound grows at the rate that was published, or faster as the
  /// oscillator wanders, and never beyond the hard one.
  @Test func coastingIsHonest() {
    var source = ModelSource(1)
    source.isUp = { $0 < 200 }
    let loop = ClosedLoop(sources: [source], referenceFrequency: 8e-6)
    loop.run(until: 240)
    let start = loop.state
    #expect(start.statisticalRate > .zero)
    loop.run(until: 1240)
    let end = loop.state
    #expect(end.statisticalRate > start.statisticalRate)
    let grown = (end.boundStatistical - start.boundStatistical).inSeconds
    // Errors add up as squares: never more than the later rate over the time, and at least half of the earlier one's.
    #expect(grown > 500 * start.statisticalRate.ratio)
    #expect(grown <= 1000 * end.statisticalRate.ratio + start.boundStatistical.inSeconds)
    #expect(loop.states.allSatisfy { $0.state.boundStatistical <= $0.state.boundHard })
    #expect(loop.error.magnitude <= end.boundStatistical.inSeconds)
    #expect(end.rootDispersion > start.rootDispersion)
  }

  /// Absurd samples of a source that pass the gate leave every published number one.
  @Test func absurdSamplesPublishNumbers() {
    var parameters = EngineParameters()
    parameters.maximumPositivePhaseCorrection = .noLimit
    parameters.maximumNegativePhaseCorrection = .noLimit
    let loop = ClosedLoop(parameters: parameters, sources: [ModelSource(1), ModelSource(2)])
    loop.run(until: 20)
    let delays: [Int64] = [0, -1, .min, .max, 1_000_000_000_000, 20_000]
    let offsets: [Int64] = [0, 1, -1, 10_000_000_000, -10_000_000_000, 4_000_000]
    for i in 0..<72 {
      loop.run(until: 21 + Double(i))
      let raw = loop.raw(loop.now)
      loop.send(
        .sample(
          Sample(
            source: SourceID(rawValue: 2), sequence: 1000 + UInt32(i), era: loop.era, local: loop.truth(loop.now),
            reference: loop.truth(loop.now) + .seconds(offsets[i % 6]), raw: raw, delay: delays[i / 6 % 6],
            dispersion: i % 5 == 0 ? .max : 1000, rootDelay: i % 7 == 0 ? .max : 0, poll: 0), now: raw))
      let state = loop.state
      let numbers = [
        state.frequency.ratio, state.dispersionRate.ratio, state.statisticalRate.ratio,
        loop.frequency?.frequency.ratio ?? 0,
        loop.frequency?.deviation.ratio ?? 0, loop.slew.ratio,
      ]
      #expect(numbers.allSatisfy { $0.isFinite }, "after sample \(i): \(numbers)")
      #expect(state.boundHard >= .zero && state.boundStatistical >= .zero)
    }
    #expect(loop.state.synchronized)
    #expect(loop.error.magnitude < 1e-3)
  }
}
