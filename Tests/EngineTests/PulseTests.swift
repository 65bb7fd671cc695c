// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

/// Sources that mark seconds and know nothing of which.
@Suite struct PulseTests {
  static func pulse(_ id: UInt32, flags: SampleFlags = [.pulse]) -> ModelSource {
    var source = ModelSource(id)
    (source.flags, source.stratum, source.options.referenceClock) = (flags, 0, true)
    return source
  }

  /// Whole seconds that a pulse was given wrongly are the engine's to mend, what is beyond them is the pulse's own.
  @Test(arguments: [3.0, -86_400, 0.000_3 - 2])
  func theEngineNumbersPulsesItself(wrong: Double) {
    var pulse = Self.pulse(2)
    pulse.error = { _ in wrong }
    let loop = ClosedLoop(sources: [ModelSource(1), pulse])
    loop.run(until: 60)
    #expect(loop.state.synchronized && loop.state.stratum <= 2)
    #expect(loop.error.magnitude < 1e-3 && loop.steps.isEmpty)
    let own = wrong - wrong.rounded()
    let offset = (loop.report(2)?.lastOffset ?? .max).inSeconds
    #expect((offset - loop.error - own).magnitude < 1e-4, "\(offset)")
  }

  @Test func alonePulsesNumberNothing() {
    let loop = ClosedLoop(sources: [Self.pulse(1)])
    loop.run(until: 30)
    #expect(!loop.state.synchronized && loop.strayed > 20)
  }

  /// Locked to a source that nobody follows: it alone says the second, against all others.
  @Test(arguments: [3600.0, -7])
  func oneSourceAloneNumbersThePulsesThatAreLockedToIt(wrong: Double) throws {
    var (keeper, pulse) = (ModelSource(1), Self.pulse(2))
    keeper.options.noselect = true
    pulse.error = { _ in wrong }
    let loop = ClosedLoop(sources: [keeper, pulse], offset: 40)
    loop.send(.sourceLocked(pulse.id, to: keeper.id, now: loop.raw(0)))
    loop.run(until: 60)
    #expect(loop.state.synchronized && loop.error.magnitude < 1e-3, "\(loop.error)")
    #expect(try #require(loop.report(1)).state == .unselectable(.noselect))
    #expect(try #require(loop.report(2)).state == .selected)
  }

  /// Three servers say one second, the keeper another: the pulse is the keeper's, and disagrees with them.
  @Test func othersDoNotNumberLockedPulses() throws {
    var (keeper, pulse) = (ModelSource(1), Self.pulse(2))
    keeper.error = { _ in 2 }
    keeper.options.noselect = true
    pulse.error = { _ in 0 }
    let loop = ClosedLoop(sources: [keeper, pulse, ModelSource(3), ModelSource(4), ModelSource(5)])
    loop.send(.sourceLocked(pulse.id, to: keeper.id, now: loop.raw(0)))
    loop.run(until: 60)
    #expect(loop.state.synchronized && loop.error.magnitude < 1e-3)
    let report = try #require(loop.report(2))
    #expect(report.state == .falseticker && (report.lastOffset.inSeconds - 2).magnitude < 0.01, "\(report)")
  }

  /// Not there, silent, too uncertain, or against the pulse: no number, and the reason.
  @Test func withoutItsKeeperAPulseIsNobodys() throws {
    func state(_ change: (inout ModelSource, inout ModelSource) -> Void, keeper id: UInt32 = 1) throws
      -> SourceState
    {
      var (keeper, pulse) = (ModelSource(1), Self.pulse(2))
      keeper.options.noselect = true
      change(&keeper, &pulse)
      let loop = ClosedLoop(sources: [keeper, pulse])
      loop.send(.sourceLocked(pulse.id, to: SourceID(rawValue: id), now: loop.raw(0)))
      loop.run(until: 60)
      return try #require(loop.report(2)).state
    }
    #expect(try state { _, _ in } == .selected)
    #expect(try state({ _, _ in }, keeper: 0) == .unselectable(.unnumbered), "it is not there")
    #expect(try state({ _, _ in }, keeper: 2) == .unselectable(.unnumbered), "its own")
    #expect(try state { keeper, _ in keeper.isUp = { _ in false } } == .unselectable(.unnumbered))
    #expect(try state { keeper, _ in keeper.leap = .unsynchronized } == .unselectable(.unnumbered))
    #expect(try state { keeper, _ in keeper.rootDispersion = 0.41 } == .unselectable(.unnumbered))
    #expect(try state { keeper, _ in keeper.rootDispersion = 0.35 } == .selected)
    // 100 ms off a server that is sure to a millisecond, and a receiver whose messages may be so late.
    #expect(try state { _, pulse in pulse.error = { _ in 0.09 } } == .unselectable(.unnumbered))
    #expect(
      try state { keeper, pulse in
        keeper.options.referenceClock = true
        pulse.error = { _ in 0.09 }
      } == .selected)
  }

  /// On the last day of 2016.
  static func election(_ sources: [ModelSource]) -> LeapIndicator {
    let loop = ClosedLoop(sources: sources, epoch: (17_166 * 86_400 + 40_000) * 1_000_000_000)
    loop.run(until: 60)
    return loop.state.leap
  }

  @Test func pulsesHaveNoVoiceInLeapSeconds() {
    var server = ModelSource(1)
    server.leap = .insert
    #expect(Self.election([server, Self.pulse(2), Self.pulse(3, flags: [.noLeap])]) == .insert)
    // One that does say something counts.
    #expect(Self.election([server, ModelSource(2)]) == LeapIndicator.none)
    var (loud, second) = (Self.pulse(2), Self.pulse(3))
    (loud.leap, second.leap) = (.insert, .insert)
    #expect(Self.election([ModelSource(1), loud, second]) == LeapIndicator.none)
  }
}
