// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

@Suite struct SanityGateTests {
  static let year = 365.25 * 86_400

  /// The clock of a new board: years off, three good sources. It does not move; the state says suspect, three of three.
  static func firmwareDate(_ parameters: EngineParameters = EngineParameters(), sign: Double = -1) -> ClosedLoop {
    ClosedLoop(
      parameters: parameters, sources: [ModelSource(1), ModelSource(2), ModelSource(3)], offset: sign * 6 * year,
      seed: 5)
  }

  @Test(arguments: [-1.0, 1.0])
  func firmwareDateIsSuspected(sign: Double) throws {
    let loop = Self.firmwareDate(sign: sign)
    let before = loop.error
    loop.run(until: 30)
    #expect((loop.error - before).magnitude < 1e-3)
    #expect(loop.steps.isEmpty)
    #expect(!loop.state.synchronized)
    guard case .suspect(let offset, let agreeing, let count) = loop.sanity else {
      Issue.record("the clock is not suspect: \(loop.sanity)")
      return
    }
    #expect((offset.inSeconds - before).magnitude < 1)
    #expect(agreeing == 3 && count == 3)
    #expect(loop.has { if case .localClockSuspect(_, 3, 3) = $0 { true } else { false } })
    for id in UInt32(1)...3 {
      #expect(try #require(loop.report(id)).state == .unselectable(.tooBig))
    }
  }

  @Test(arguments: [-1.0, 1.0])
  func forceResolvesIt(sign: Double) throws {
    let loop = Self.firmwareDate(sign: sign)
    loop.run(until: 30)
    loop.send(.resync(force: true, now: loop.raw(loop.now)))
    loop.run(until: 60)
    #expect(loop.steps.count == 1)
    #expect(loop.error.magnitude < 50e-6)
    #expect(loop.state.synchronized)
    #expect(loop.sanity == .good)
    #expect(loop.has { if case .localClockAccepted = $0 { true } else { false } })
  }

  /// A resync without force opens nothing.
  @Test func resyncAloneDoesNot() {
    let loop = Self.firmwareDate()
    loop.run(until: 30)
    loop.send(.resync(force: false, now: loop.raw(loop.now)))
    loop.run(until: 60)
    #expect(loop.steps.isEmpty)
    #expect(loop.sanity != .good)
  }

  @Test func firstSyncAccepts() {
    var parameters = EngineParameters()
    parameters.firstSync = .accept
    let loop = Self.firmwareDate(parameters)
    loop.run(until: 30)
    #expect(loop.steps.count == 1)
    #expect(loop.error.magnitude < 50e-6)
    // Once only: a second such jump of the sources is refused.
    for i in loop.sources.indices { loop.sources[i].error = { _ in Self.year } }
    loop.run(until: 90)
    #expect(loop.steps.count == 1)
    #expect(loop.error.magnitude < 1e-3)
  }

  /// A source that jumps beyond the gate never moves the clock, is out after three refusals, and each refused sample is told
  /// whole.
  @Test(arguments: [200_000.0, -200_000.0])
  func jumpingSource(jump: Double) throws {
    var source = ModelSource(1)
    source.error = { $0 > 40 ? jump : 0 }
    let loop = ClosedLoop(sources: [source])
    loop.run(until: 100)
    #expect(loop.errors(after: 20).allSatisfy { $0.magnitude < 100e-6 })
    #expect(loop.steps.isEmpty)
    let report = try #require(loop.report(1))
    #expect(report.state == .unselectable(.tooBig))
    #expect(report.refused > 3)
    let refused = loop.events.compactMap { entry -> (Sample, TimeInterval, TimeInterval)? in
      if case .tooBig(let sample, let offset, let limit) = entry.event { (sample, offset, limit) } else { nil }
    }
    #expect(refused.count == Int(report.refused))
    #expect(refused.allSatisfy { $0.0.source.rawValue == 1 && ($0.1.inSeconds - jump).magnitude < 1 })
    #expect(refused.allSatisfy { $0.2 == .seconds(172_800) })
    // Back on its time it is followed again.
    loop.sources[0].error = { _ in 0 }
    loop.run(until: 130)
    #expect(try #require(loop.report(1)).state == .selected)
    #expect(loop.state.synchronized)
  }

  /// One of five beyond the gate does not make the clock suspect.
  @Test func oneLiarIsNoSuspicion() {
    var sources = (1...5).map { ModelSource($0) }
    sources[2].error = { _ in 10 * Self.year }
    let loop = ClosedLoop(sources: sources)
    loop.run(until: 60)
    #expect(loop.sanity == .good)
    #expect(loop.state.synchronized)
    #expect(!loop.has { if case .localClockSuspect = $0 { true } else { false } })
  }

  /// A clock that someone sets three days ahead is not set back by itself: suspect, until an operator says so.
  @Test func movedBeyondTheGate() {
    let loop = ClosedLoop(sources: [ModelSource(1), ModelSource(2), ModelSource(3)])
    loop.run(until: 60)
    loop.moveByHand(3 * 86_400)
    loop.run(until: 120)
    #expect(loop.steps.isEmpty)
    #expect(!loop.state.synchronized)
    guard case .suspect(let offset, let agreeing, let count) = loop.sanity else {
      Issue.record("the clock is not suspect: \(loop.sanity)")
      return
    }
    #expect((offset.inSeconds + 3 * 86_400).magnitude < 1)
    #expect(agreeing == 3 && count == 3)
    loop.send(.resync(force: true, now: loop.raw(loop.now)))
    loop.run(until: 150)
    #expect(loop.error.magnitude < 50e-6)
    #expect(loop.state.synchronized)
  }

  /// The limit itself passes; strictly more does not. Either sign, and "no limit" takes all.
  @Test func limitIsStrict() {
    func takes(_ offset: TimeInterval, _ parameters: EngineParameters) -> Bool {
      var engine = Engine(clock: .system, parameters: parameters)
      var actions = Actions()
      engine.handle(
        .sourceAdded(SourceID(rawValue: 1), SourceOptions(), now: RawInstant(nanoseconds: 0)), into: &actions)
      let local = TimeInterval.seconds(1_790_000_000)
      let sample = Sample(
        source: SourceID(rawValue: 1), local: local, reference: local + offset,
        raw: RawInstant(nanoseconds: 1_000_000_000))
      engine.handle(.sample(sample, now: RawInstant(nanoseconds: 1_000_000_100)), into: &actions)
      let report = engine.report(of: SourceID(rawValue: 1))
      return report?.samples == 1
    }
    let tick = TimeInterval(nanoseconds: 1000)
    var parameters = EngineParameters()
    #expect(takes(.seconds(172_800), parameters))
    #expect(!takes(.seconds(172_800) + tick, parameters))
    #expect(takes(-.seconds(172_800), parameters))
    #expect(!takes(-(.seconds(172_800) + tick), parameters))
    parameters.maximumPositivePhaseCorrection = .seconds(10)
    #expect(!takes(.seconds(11), parameters))
    #expect(takes(.seconds(-11), parameters))
    parameters.maximumNegativePhaseCorrection = .seconds(5)
    #expect(!takes(.seconds(-11), parameters))
    parameters.maximumPositivePhaseCorrection = .noLimit
    #expect(takes(.seconds(5_000_000_000), parameters))
  }
}
