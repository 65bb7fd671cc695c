// SPDX-License-Identifier: Apache-2.0

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
