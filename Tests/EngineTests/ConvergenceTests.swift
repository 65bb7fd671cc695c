// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

@Suite struct ConvergenceTests {
  /// The demo: 250 ms off, 40 ppm fast, a loopback server, defaults; within 50 µs well before 30 s and from then on.
  @Test(arguments: UInt64(1)...12)
  func fromAQuarterSecond(seed: UInt64) throws {
    let loop = ClosedLoop(
      sources: [ModelSource(1)], offset: 0.25, frequency: 40e-6, referenceFrequency: -3e-6, seed: seed)
    loop.run(until: 30)
    let settled = try #require(loop.settled(within: 50e-6))
    #expect(settled < 20)
    let last = try #require(loop.states.last)
    #expect(last.state.synchronized)
    #expect(last.state.stratum == 2)
    #expect(loop.steps.isEmpty)
    #expect(last.error.magnitude <= last.state.boundHard.inSeconds)
  }

  /// Two seconds are more than max_allowed_phase_offset: one step at the first agreement, and no other.
  @Test func stepsWhatIsTooFarToSlew() throws {
    let loop = ClosedLoop(sources: [ModelSource(1)], offset: -2, frequency: 300e-6, referenceFrequency: 5e-6)
    loop.run(until: 30)
    #expect(loop.steps.count == 1)
    #expect((loop.steps.first ?? 0) > 1.9)
    #expect(try #require(loop.settled(within: 50e-6)) < 15)
    #expect(loop.state.era == ClockEra(rawValue: 1))
  }

  /// The limit itself is still slewed: only what is strictly over it is stepped.
  @Test func slewsBelowTheLimit() throws {
    let loop = ClosedLoop(sources: [ModelSource(1)], offset: 0.99)
    loop.run(until: 40)
    #expect(loop.steps.isEmpty)
    #expect(try #require(loop.settled(within: 50e-6)) < 35)
  }

  /// No slew is faster than max_slew_rate, whatever the offset.
  @Test func keepsTheSlewRate() {
    var parameters = EngineParameters()
    parameters.maximumSlewRate = .partsPerMillion(1000)
    let loop = ClosedLoop(parameters: parameters, sources: [ModelSource(1)], offset: 0.1)
    var fastest = 0.0
    for second in 1...60 {
      loop.run(until: Double(second))
      fastest = max(fastest, (loop.reading.frequency.ratio - loop.referenceFrequency).magnitude)
    }
    #expect(fastest < 1100e-6)
    #expect(fastest > 900e-6)
    // A tenth of a second needs a hundred at that rate: by now about half is gone.
    #expect(loop.error.magnitude > 0.03)
    #expect(loop.error.magnitude < 0.06)
  }

  /// The estimated frequency is the reference's against the raw counter, and the clock is driven at it.
  @Test func findsTheFrequency() throws {
    let loop = ClosedLoop(
      sources: [ModelSource(1, poll: 2, maximumPoll: 4)], frequency: 40e-6, referenceFrequency: 12e-6)
    loop.run(until: 600)
    let estimate = try #require(loop.frequency)
    #expect((estimate.frequency.ratio - 12e-6).magnitude < 0.1e-6)
    #expect((loop.reading.frequency.ratio - 12e-6).magnitude < 1e-6)
    #expect((estimate.frequency.ratio - 12e-6).magnitude < 5 * estimate.deviation.ratio)
  }

  /// A drift file's frequency is set before any source has spoken.
  @Test func startsWithTheKnownFrequency() {
    var parameters = EngineParameters()
    parameters.initialFrequency = .partsPerMillion(17)
    let loop = ClosedLoop(parameters: parameters, sources: [], frequency: 0)
    loop.run(until: 2)
    #expect((loop.reading.frequency.partsPerMillion - 17).magnitude < 1e-4)
  }

  /// On a quiet source the interval grows to its maximum, and stays inside the bounds.
  @Test func pollsLessOften() {
    let loop = ClosedLoop(sources: [ModelSource(1, poll: 0, maximumPoll: 3)])
    loop.run(until: 300)
    #expect(loop.sources[0].poll == 3)
  }

  /// The published bounds hold: the hard one always, the statistical one in at least 99.9 % of seconds.
  @Test func boundsHold() {
    var seconds = 0
    var beyond = 0
    var broken = 0
    for seed in UInt64(1)...10 {
      let loop = ClosedLoop(
        sources: [ModelSource(1, poll: 3, maximumPoll: 6)], offset: 0.02, referenceFrequency: 20e-6, seed: seed)
      loop.run(until: 2000)
      for entry in loop.states where entry.state.synchronized {
        seconds += 1
        if entry.error.magnitude > entry.state.boundHard.inSeconds { broken += 1 }
        if entry.error.magnitude > entry.state.boundStatistical.inSeconds { beyond += 1 }
      }
    }
    #expect(broken == 0)
    #expect(seconds > 15_000)
    #expect(Double(beyond) <= 0.001 * Double(seconds))
  }

  /// The same events give the same actions, bit for bit.
  @Test func repeatsItself() {
    let runs = (0..<2).map { _ in
      let loop = ClosedLoop(sources: [ModelSource(1), ModelSource(2)], offset: 0.1, seed: 7)
      loop.run(until: 60)
      return loop.states.map(\.state)
    }
    #expect(runs[0] == runs[1])
  }
}
