// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

@Suite struct SelectionScenarioTests {
  static func sources(_ errors: [Double]) -> [ModelSource] {
    errors.enumerated().map { index, error in
      var source = ModelSource(UInt32(index + 1))
      source.error = { _ in error }
      return source
    }
  }

  @Test(arguments: UInt64(1)...5)
  func threeGoodAgainstOne(seed: UInt64) throws {
    let loop = ClosedLoop(sources: Self.sources([0, 0, 0.1, 0]), offset: 0.01, seed: seed)
    loop.run(until: 60)
    #expect(try #require(loop.settled(within: 50e-6)) < 30)
    #expect(try #require(loop.report(3)).state == .falseticker)
    let states = try [UInt32(1), 2, 4].map { try #require(loop.report($0)).state }
    #expect(states.allSatisfy { $0 == .combined || $0 == .selected || $0 == .outlier })
    #expect(states.filter { $0 == .selected }.count == 1)
    #expect(
      loop.has {
        if case .falseticker(let id, let offset) = $0 { id.rawValue == 3 && offset.inSeconds > 0.05 } else { false }
      })
  }

  /// Two against two is no majority: nobody is followed, and the clock keeps what it had.
  @Test func noMajority() throws {
    var sources = Self.sources([0, 0, 0, 0])
    for i in 2..<4 { sources[i].error = { $0 > 60 ? 0.2 : 0 } }
    let loop = ClosedLoop(sources: sources)
    loop.run(until: 59)
    #expect(loop.state.synchronized)
    #expect(!loop.has { if case .noMajority = $0 { true } else { false } })
    loop.run(until: 300)
    let state = try #require(loop.report(1)).state
    #expect(state == .waiting(.noMajority))
    #expect(loop.has { if case .noMajority = $0 { true } else { false } })
    #expect(loop.errors(after: 60).allSatisfy { $0.magnitude < 1e-3 })
  }

  /// Fewer sources than min_sources are not followed.
  @Test func minimumOfSources() throws {
    var parameters = EngineParameters()
    parameters.minimumSources = 2
    let loop = ClosedLoop(parameters: parameters, sources: Self.sources([0]), offset: 0.05)
    loop.run(until: 30)
    #expect(!loop.state.synchronized)
    #expect(try #require(loop.report(1)).state == .waiting(.tooFewSources))
    #expect(loop.error.magnitude > 0.04)
  }

  /// The system source stays while it survives: no hopping between equals.
  @Test func noHopping() {
    let loop = ClosedLoop(sources: Self.sources([0, 0, 0, 0, 0]), seed: 3)
    loop.run(until: 20)
    let chosen = loop.state.systemSource
    loop.run(until: 1000)
    #expect(chosen != nil)
    #expect(loop.state.systemSource == chosen)
    #expect(loop.states.filter { $0.at > 20 }.allSatisfy { $0.state.systemSource == chosen })
  }

  @Test func noselectIsWatchedOnly() throws {
    var sources = Self.sources([0.001, 0])
    sources[0].options.noselect = true
    let loop = ClosedLoop(sources: sources)
    loop.run(until: 30)
    let report = try #require(loop.report(1))
    #expect(report.state == .unselectable(.noselect))
    #expect((try #require(report.offset).inSeconds - 0.001).magnitude < 1e-4)
    #expect(loop.state.systemSource == SourceID(rawValue: 2))
  }

  /// A trusted source outvotes any number of others.
  @Test func trustDecides() throws {
    var sources = Self.sources([0, 0.2, 0.2])
    sources[0].options.trust = true
    let loop = ClosedLoop(sources: sources)
    loop.run(until: 40)
    #expect(loop.error.magnitude < 50e-6)
    #expect(try #require(loop.report(2)).state == .falseticker)
  }

  /// Without the required source the others are not followed; with it they are.
  @Test func requireHoldsBack() throws {
    var sources = Self.sources([0, 0, 0])
    sources[2].options.require = true
    sources[2].isUp = { $0 > 40 }
    sources[2].burst = 0
    let loop = ClosedLoop(sources: sources, offset: 0.02)
    loop.run(until: 39)
    #expect(!loop.state.synchronized)
    #expect(try #require(loop.report(1)).state == .waiting(.requiredSourceMissing))
    loop.run(until: 90)
    #expect(loop.state.synchronized)
  }

  /// A preferred survivor speaks alone.
  @Test func preferSpeaksAlone() {
    var sources = Self.sources([30e-6, 0, 0])
    for i in sources.indices {
      sources[i].base = 1e-3
      sources[i].jitter = 1e-6
    }
    sources[0].options.prefer = true
    let loop = ClosedLoop(sources: sources)
    loop.run(until: 120)
    #expect(loop.state.systemSource == SourceID(rawValue: 1))
    // The source is ahead by 30 µs, so the clock is led ahead of the truth.
    #expect((loop.error + 30e-6).magnitude < 5e-6)
  }

  /// A source that calls itself unsynchronized is left out, unless it is configured as reliable.
  @Test(arguments: [false, true])
  func unsynchronizedSource(isReliable: Bool) throws {
    var sources = Self.sources([0])
    sources[0].leap = .unsynchronized
    sources[0].options.reliable = isReliable
    let loop = ClosedLoop(sources: sources)
    loop.run(until: 30)
    #expect(loop.state.synchronized == isReliable)
    if !isReliable {
      #expect(try #require(loop.report(1)).state == .unselectable(.unsynchronized))
    }
  }

  /// More sources than there are places: the next is refused, with an event, and the others work on.
  @Test func capacityIsKept() {
    let loop = ClosedLoop(sources: Self.sources(Array(repeating: 0, count: 65)))
    #expect(loop.sourceCount == 64)
    #expect(
      loop.has {
        if case .sourceRefused(let id, let capacity) = $0 { id.rawValue == 65 && capacity == 64 } else { false }
      })
    loop.send(.sourceRemoved(SourceID(rawValue: 1), now: loop.raw(0)))
    loop.send(.sourceAdded(SourceID(rawValue: 66), SourceOptions(), now: loop.raw(0)))
    #expect(loop.report(66) != nil)
    #expect(loop.report(1) == nil)
    loop.run(until: 10)
    #expect(loop.state.synchronized)
  }

  /// A sample from the future or the distant past is counted and changes nothing.
  @Test(arguments: [-2.0, 301.0])
  func impossibleMoments(age: Double) throws {
    let loop = ClosedLoop(sources: Self.sources([0]))
    loop.run(until: 400)
    let before = try #require(loop.report(1))
    let strayed = loop.strayed
    let raw = loop.raw(loop.now - age)
    loop.send(
      .sample(
        Sample(source: SourceID(rawValue: 1), local: loop.truth(loop.now), reference: loop.truth(loop.now), raw: raw),
        now: loop.raw(loop.now)))
    #expect(loop.strayed == strayed + 1)
    #expect(try #require(loop.report(1)).samples == before.samples)
    loop.run(until: 420)
    #expect(try #require(loop.report(1)).samples > before.samples)
  }

  /// A sample of a source that was removed finds no stranger.
  @Test func lateSampleIsCounted() {
    let loop = ClosedLoop(sources: Self.sources([0]))
    loop.send(.sourceRemoved(SourceID(rawValue: 1), now: loop.raw(0)))
    loop.run(until: 10)
    #expect(loop.strayed > 0)
    #expect(loop.sourceCount == 0)
  }
}
