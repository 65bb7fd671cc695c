// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

/// What an operator enters.
@Suite struct ManualTests {
  static let word: UInt32 = 77

  private func announce(_ loop: ClosedLoop, reach: UInt8 = 0) {
    var options = SourceOptions()
    (options.referenceClock, options.manual, options.minimumPoll, options.maximumPoll) = (true, true, 17, 17)
    if loop.report(Self.word) == nil {
      loop.send(.sourceAdded(SourceID(rawValue: Self.word), options, now: loop.raw(loop.now)))
    }
    loop.send(.sourceChanged(SourceID(rawValue: Self.word), options, reach: reach, now: loop.raw(loop.now)))
  }

  /// The operator's watch is `error` ahead of the truth, and he says so to a second.
  private func enter(_ loop: ClosedLoop, error: Double = 0) {
    announce(loop, reach: 1)
    loop.send(
      .sample(
        Sample(
          source: SourceID(rawValue: Self.word), flags: [.oneWay, .noLeap, .reply], era: loop.reading.era,
          local: loop.reading.time, reference: loop.truth(loop.now) + TimeInterval(seconds: error),
          raw: loop.raw(loop.now), asymmetryBound: 1_000_000_000, stratum: 0, precision: 1, poll: 17),
        now: loop.raw(loop.now)))
  }

  @Test func oneEntryMovesTheClock() {
    let loop = ClosedLoop(sources: [], offset: -30)
    announce(loop)
    loop.run(until: 10)
    enter(loop, error: 0.4)
    loop.run(until: 60)
    #expect(loop.report(Self.word)?.state == .selected && loop.steps.count == 1)
    #expect(abs(loop.error + 0.4) < 0.05)
    // Nobody is synchronized by a watch, and what is told holds.
    #expect(loop.states.allSatisfy { !$0.state.synchronized && $0.state.stratum == 16 })
    #expect(loop.statuses.allSatisfy { !$0.synchronized })
    #expect(loop.state.boundHard >= .seconds(1) && loop.error.magnitude <= loop.state.boundHard.inSeconds)
  }

  /// A crystal of 60 ppm; the watch is right to some tenths of a second. Each entry that comes later knows better.
  @Test func entriesTeachTheFrequency() throws {
    let loop = ClosedLoop(sources: [], referenceFrequency: 60e-6)
    announce(loop)
    var deviations: [Double] = []
    for (at, error) in [(10.0, 0.3), (3600, -0.2), (86_400, 0.1), (400_000, -0.3)] {
      loop.run(until: at)
      enter(loop, error: error)
      deviations.append(try #require(loop.frequency).deviation.ratio)
    }
    let learned = try #require(loop.frequency)
    #expect(abs(learned.frequency.ratio - 60e-6) < 4e-6, "\(learned)")
    #expect(deviations == deviations.sorted(by: >) && deviations[3] < 5e-6 && deviations[0] > 50e-6)
    loop.run(until: 486_400)
    // A day on: what is left is the watch's error and a day of what is not known of the frequency.
    #expect(loop.error.magnitude < 1.2 && loop.error.magnitude <= loop.state.boundHard.inSeconds)
  }

  @Test func anySourceWins() {
    var source = ModelSource(1)
    (source.stratum, source.isUp) = (14, { $0 > 100 })
    let loop = ClosedLoop(sources: [source])
    announce(loop)
    loop.run(until: 10)
    enter(loop, error: 0.8)
    loop.run(until: 90)
    #expect(abs(loop.error + 0.8) < 0.05)
    loop.run(until: 300)
    #expect(loop.report(Self.word)?.state == .unselectable(.standby) && loop.state.synchronized)
    #expect(loop.error.magnitude < 1e-3)
    enter(loop, error: 0.9)
    loop.run(until: 400)
    #expect(loop.error.magnitude < 1e-3)
  }

  @Test func theGateHolds() {
    let loop = ClosedLoop(sources: [], offset: -200_000)
    announce(loop)
    loop.run(until: 10)
    enter(loop)
    loop.run(until: 60)
    #expect(loop.steps.isEmpty && loop.report(Self.word)?.state == .unselectable(.tooBig))
    loop.send(.resync(force: true, now: loop.raw(loop.now)))
    enter(loop)
    loop.run(until: 120)
    #expect(loop.steps.count == 1 && loop.error.magnitude < 0.1)
  }

  @Test func nothingIsAppliedInObserveMode() {
    var parameters = EngineParameters()
    parameters.steer = false
    let loop = ClosedLoop(parameters: parameters, sources: [], offset: -30)
    announce(loop)
    loop.run(until: 10)
    enter(loop)
    loop.run(until: 60)
    #expect(loop.steps.isEmpty && loop.adjustments == 0 && abs(loop.state.offset.inSeconds - 30) < 0.1)
  }

  /// Served as an own clock, with the operator's uncertainty in what is told.
  @Test func theOwnClockIsServedBesideIt() {
    let loop = ClosedLoop(sources: [])
    announce(loop)
    var options = SourceOptions()
    (options.referenceClock, options.ownClock) = (true, true)
    loop.send(.sourceAdded(SourceID(rawValue: 99), options, now: loop.raw(0)))
    loop.send(
      .sample(
        Sample(
          source: SourceID(rawValue: 99), flags: [.oneWay], local: loop.reading.time, reference: loop.reading.time,
          raw: loop.raw(0), rootDispersion: 1_400_000_000, stratum: 10), now: loop.raw(0)))
    loop.send(.sourceChanged(SourceID(rawValue: 99), options, reach: 0xFF, now: loop.raw(0)))
    loop.run(until: 10)
    enter(loop, error: 0.5)
    loop.run(until: 60)
    #expect(loop.state.stratum == 10 && !loop.state.synchronized && abs(loop.error + 0.5) < 0.05)
    #expect(loop.state.rootDispersion > .seconds(1))
    #expect(loop.report(99)?.state == .selected && loop.report(Self.word)?.state == .combined)
  }
}
