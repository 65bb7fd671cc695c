// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

/// The own clock where nobody can be followed.
@Suite struct LocalTests {
  static let own: UInt32 = 99

  /// The own clock as its provider announces it, ready or not.
  private func standIn(
    _ loop: ClosedLoop, stratum: UInt8 = 10, orphan: Bool = false, ready: Bool = true, ceiling: Double = 1,
    reference: TimeInterval? = nil
  ) {
    var options = SourceOptions()
    (options.referenceClock, options.ownClock, options.orphan) = (true, true, orphan)
    if loop.report(Self.own) == nil {
      loop.send(.sourceAdded(SourceID(rawValue: Self.own), options, now: loop.raw(loop.now)))
    }
    let local = loop.reading.time
    loop.send(
      .sample(
        Sample(
          source: SourceID(rawValue: Self.own), flags: [.oneWay, .noLeap], era: loop.reading.era, local: local,
          reference: reference ?? local, raw: loop.raw(loop.now), rootDispersion: UInt64(ceiling * 1e9),
          stratum: stratum, poll: 3), now: loop.raw(loop.now)))
    loop.send(
      .sourceChanged(SourceID(rawValue: Self.own), options, reach: ready ? 0xFF : 0, now: loop.raw(loop.now)))
    loop.send(.tick(loop.reading))
  }

  private func orphan(_ id: UInt32, referenceID: UInt32, stratum: UInt8 = 10, senior: Bool = true) -> ModelSource {
    var source = ModelSource(id)
    (source.stratum, source.options.senior, source.referenceID) = (stratum, senior, ReferenceID(rawValue: referenceID))
    return source
  }

  @Test func aClockThatNobodySetsIsServed() {
    let loop = ClosedLoop(sources: [], offset: 3)
    loop.run(until: 5)
    #expect(loop.state.stratum == 16)
    standIn(loop)
    let state = loop.state
    #expect(state.stratum == 10 && state.leap == .none && !state.synchronized)
    #expect(state.referenceID == ReferenceID(rawValue: 0x4C4F_434C) && state.systemSource?.rawValue == Self.own)
    // Nothing is known of its error: the most is told, and the bounds say that there is none.
    #expect(state.rootDispersion == .seconds(1) && state.boundHard == .max)
    #expect(loop.report(Self.own)?.state == .selected)
    #expect(state.referenceTime == loop.clock.time(at: loop.raw(loop.now)))
  }

  /// A ring of hosts that take each other's own clocks for real time counts up, and ends there.
  @Test func nobodyFollowsStratum15() {
    for (stratum, served) in [(UInt8(14), UInt8(15)), (15, 16)] {
      var source = ModelSource(1)
      source.stratum = stratum
      let loop = ClosedLoop(sources: [source])
      loop.run(until: 100)
      #expect(loop.state.stratum == served && loop.state.synchronized == (served < 16))
    }
  }

  /// Whatever its samples say, and for however long.
  @Test func itMovesNothing() {
    let loop = ClosedLoop(sources: [], offset: 3, frequency: 40e-6)
    for second in stride(from: 1.0, to: 200, by: 8) {
      loop.run(until: second)
      standIn(loop, reference: loop.reading.time + .seconds(second > 50 ? 30 : 0))
    }
    #expect(loop.steps.isEmpty && loop.adjustments == 0 && loop.frequency == nil)
    #expect(loop.statuses.allSatisfy { !$0.synchronized })
    #expect(loop.report(Self.own)?.samples == 0)
  }

  @Test func itIsNotServedBeforeItMayBe() {
    let loop = ClosedLoop(sources: [])
    loop.run(until: 5)
    standIn(loop, ready: false)
    #expect(loop.state.stratum == 16 && loop.report(Self.own)?.state == .unselectable(.standby))
    standIn(loop)
    #expect(loop.state.stratum == 10)
    standIn(loop, ready: false)
    #expect(loop.state.stratum == 16)
  }

  /// Also one of a greater stratum, that came later.
  @Test func anySourceWins() {
    var source = ModelSource(1)
    (source.stratum, source.isUp) = (12, { $0 > 40 })
    let loop = ClosedLoop(sources: [source], offset: 0.2)
    loop.run(until: 30)
    standIn(loop)
    #expect(loop.state.stratum == 10)
    loop.run(until: 120)
    standIn(loop)
    #expect(loop.state.stratum == 13 && loop.state.synchronized && loop.error.magnitude < 1e-3)
    #expect(loop.report(Self.own)?.state == .unselectable(.standby))
  }

  /// Real time is lost: the clock coasts, and what is told of it only grows, up to the ceiling; the bounds go on.
  @Test func whatIsToldGrowsAsWhatIsTrue() {
    var source = ModelSource(1)
    source.isUp = { $0 < 60 }
    let loop = ClosedLoop(sources: [source], referenceFrequency: 5e-6)
    loop.run(until: 200)
    #expect(loop.state.synchronized)
    let before = loop.state.rootDispersion
    // Where it will be in 100 s.
    let ceiling = before + .microseconds(1500)
    standIn(loop, ceiling: ceiling.inSeconds)
    #expect(loop.state.stratum == 10 && loop.state.rootDispersion >= before)
    #expect(loop.state.rootDispersion < before + .microseconds(500))
    // To the nanosecond: the sample brings it as one number.
    func isCeiling(_ told: TimeInterval) -> Bool { (told - ceiling).magnitude < TimeInterval(nanoseconds: 2) }
    var last = loop.state
    for second in stride(from: 210.0, to: 400, by: 10) {
      loop.run(until: second)
      #expect(loop.state.rootDispersion > last.rootDispersion || isCeiling(loop.state.rootDispersion))
      #expect(loop.state.boundHard > last.boundHard)
      last = loop.state
    }
    #expect(isCeiling(last.rootDispersion) && last.boundHard > ceiling)
    #expect(loop.has { if case .unsynchronized = $0 { true } else { false } })
    #expect(loop.error.magnitude <= last.boundHard.inSeconds)
  }

  @Test func aSuspectClockIsNotServed() {
    let loop = ClosedLoop(sources: [ModelSource(1), ModelSource(2)], offset: 200_000)
    loop.run(until: 60)
    standIn(loop)
    #expect(!loop.sanity.isGood && loop.state.stratum == 16)
  }

  @Test func theSeniorOrphanIsFollowed() {
    let loop = ClosedLoop(
      sources: [orphan(1, referenceID: 7), orphan(2, referenceID: 3), orphan(3, referenceID: 50, senior: false)],
      offset: 0.01)
    loop.run(until: 5)
    standIn(loop, orphan: true)
    loop.run(until: 60)
    #expect(loop.state.stratum == 11 && loop.state.synchronized && loop.report(2)?.state == .selected)
    #expect(loop.report(1)?.state == .unselectable(.orphan) && loop.report(3)?.state == .unselectable(.orphan))
    #expect(loop.error.magnitude < 1e-3)
  }

  /// min_sources and `require` are about real sources: they must not make two leaders.
  @Test func whoLeadsIsOneWhateverIsRequired() {
    var parameters = EngineParameters()
    parameters.minimumSources = 3
    var absent = ModelSource(4)
    (absent.options.require, absent.isUp) = (true, { _ in false })
    let loop = ClosedLoop(parameters: parameters, sources: [orphan(2, referenceID: 3), absent])
    loop.run(until: 5)
    standIn(loop, orphan: true)
    loop.run(until: 60)
    #expect(loop.report(2)?.state == .selected && loop.state.stratum == 11)
  }

  @Test func whoComesFirstLeads() {
    let loop = ClosedLoop(sources: [orphan(1, referenceID: 7, senior: false)], offset: 0.01)
    standIn(loop, orphan: true)
    loop.run(until: 60)
    #expect(loop.state.stratum == 10 && loop.steps.isEmpty && loop.adjustments == 0)
    #expect(loop.report(1)?.state == .unselectable(.orphan))
  }

  @Test func orphansGiveWayToRealTime() {
    var real = ModelSource(2)
    (real.stratum, real.isUp) = (3, { $0 > 60 && $0 < 200 })
    var leader = orphan(1, referenceID: 7)
    leader.error = { _ in 0.05 }
    let loop = ClosedLoop(sources: [leader, real])
    loop.run(until: 5)
    standIn(loop, orphan: true)
    loop.run(until: 59)
    #expect(loop.state.stratum == 11 && abs(loop.error + 0.05) < 0.01)
    loop.run(until: 190)
    #expect(loop.state.stratum == 4 && loop.error.magnitude < 1e-3)
    #expect(loop.report(1)?.state == .unselectable(.orphan))
  }

  /// The members of a mesh are 10 ms off together when real time comes. They follow it like this host, and so are below the orphan stratum
  /// before they are right: two against one.
  @Test func membersDoNotOutvoteTheRealSource() {
    var (leader, follower, real) = (orphan(1, referenceID: 7), orphan(2, referenceID: 9, stratum: 11), ModelSource(3))
    (leader.error, follower.error) = ({ _ in 0.01 }, { _ in 0.01 })
    (real.stratum, real.isUp) = (3, { $0 > 300 })
    let loop = ClosedLoop(sources: [leader, follower, real])
    loop.run(until: 5)
    standIn(loop, orphan: true)
    loop.run(until: 300)
    #expect(loop.report(1)?.state == .selected && abs(loop.error + 0.01) < 1e-3)
    loop.run(until: 310)
    #expect(loop.report(3)?.state == .selected)
    for i in 0...1 { loop.sources[i].stratum = 4 }
    loop.run(until: 600)
    #expect(loop.report(3)?.state == .selected && loop.state.stratum == 4 && loop.error.magnitude < 1e-4)
    #expect(loop.report(1)?.state == .unselectable(.orphan) && loop.report(2)?.state == .unselectable(.orphan))
  }

  /// Real time that only a member hears comes through it, not through who follows it in turn.
  @Test func realTimeComesThroughAMember() {
    var (leader, follower) = (orphan(1, referenceID: 7), orphan(2, referenceID: 9, stratum: 11, senior: false))
    (leader.error, follower.error) = ({ $0 < 300 ? 0.01 : 0 }, { _ in 0.01 })
    let loop = ClosedLoop(sources: [leader, follower])
    loop.run(until: 5)
    standIn(loop, orphan: true)
    loop.run(until: 300)
    (loop.sources[0].stratum, loop.sources[1].stratum) = (4, 5)
    loop.run(until: 600)
    #expect(loop.report(1)?.state == .selected && loop.state.stratum == 5 && loop.error.magnitude < 1e-4)
    #expect(loop.report(2)?.state == .unselectable(.orphan))
  }

  /// The leader goes: at once this host stands in, without a time in which it tells its clients nothing.
  @Test func theNextTakesOver() {
    var leader = orphan(1, referenceID: 7)
    leader.isUp = { $0 < 60 }
    let loop = ClosedLoop(sources: [leader])
    loop.run(until: 5)
    standIn(loop, orphan: true)
    loop.run(until: 300)
    #expect(loop.state.stratum == 10 && loop.report(Self.own)?.state == .selected)
    let after = loop.states.filter { $0.at > 30 }
    #expect(after.allSatisfy { $0.state.stratum < 16 && $0.state.leap != .unsynchronized })
    #expect(!loop.has { if case .systemSourceChanged(SourceID(rawValue: Self.own), _) = $0 { true } else { false } })
  }
}
