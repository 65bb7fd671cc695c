// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Testing
import TimeTypes

@testable import Engine

/// Clocks that someone else moves, and clocks that refuse.
@Suite struct ForeignHandTests {
  /// Moved by someone else: unsynchronized at once, nothing done until fresh samples, then corrected by the policy.
  @Test(arguments: [(0.99, true), (-0.99, true), (1.01, true), (5.0, true), (-5.0, true), (0.3, false)])
  func movedClock(by seconds: Double, announced: Bool) throws {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    loop.run(until: 60.5)
    #expect(loop.state.synchronized)
    loop.moveByHand(seconds, announced: announced)
    if announced { #expect(!loop.state.synchronized) }
    loop.run(until: 61.0001)
    #expect(loop.has { if case .clockMoved(let by) = $0 { (by.inSeconds - seconds).magnitude < 0.01 } else { false } })
    loop.run(until: 120)
    let states = loop.states.filter { $0.at > 60.5 }
    #expect(states.contains { !$0.state.synchronized })
    // Never called synchronized while it is far off.
    #expect(states.filter { $0.at > 61.1 && $0.error.magnitude > 0.13 }.allSatisfy { !$0.state.synchronized })
    #expect(loop.steps.count == (seconds.magnitude > 1 ? 1 : 0))
    #expect(loop.error.magnitude < 50e-6)
    #expect(loop.state.synchronized)
    #expect(loop.has { if case .revalidated = $0 { true } else { false } })
  }

  /// Nothing is done while no fresh sample confirms it.
  @Test func waitsForFreshSamples() {
    var source = ModelSource(1)
    source.isUp = { $0 < 60 }
    let loop = ClosedLoop(sources: [source])
    loop.run(until: 62)
    loop.moveByHand(0.5)
    loop.run(until: 80)
    #expect((loop.error + 0.5).magnitude < 1e-3)
    #expect(!loop.state.synchronized)
    if case .revalidating = loop.steering {} else { Issue.record("\(loop.steering)") }
  }

  /// The host slept: the raw counter stood still, so the clock seems to jump and the estimates are wrong by as much.
  @Test func sleepingHost() {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    loop.run(until: 60.5)
    // True time went on by 100 s, and so did the clock, while the counter did not.
    for i in loop.sources.indices { loop.sources[i].error = { _ in 100 } }
    loop.moveByHand(100, announced: false)
    loop.run(until: 120)
    #expect((loop.error + 100).magnitude < 100e-6)
    #expect(loop.steps.isEmpty)
    #expect(loop.state.synchronized)
  }

  /// After the first synchronization, never_step_backward slews what it would have stepped.
  @Test func neverBackward() {
    var parameters = EngineParameters()
    parameters.neverStepBackward = true
    let loop = ClosedLoop(parameters: parameters, sources: [ModelSource(1)])
    loop.run(until: 30)
    loop.moveByHand(3)
    loop.run(until: 120)
    #expect(loop.steps.isEmpty)
    #expect(loop.error.magnitude < 50e-6)
    loop.moveByHand(-3)
    loop.run(until: 150)
    #expect(loop.steps.count == 1)
  }

  /// Without the privilege it stops, says so, tries with growing pauses and goes on when it may.
  @Test func lostPrivilege() {
    let loop = ClosedLoop(sources: [ModelSource(1)], offset: 0.05)
    loop.refusal = .notPermitted
    loop.run(until: 100)
    #expect(loop.steering == .refused(.notPermitted))
    #expect((loop.error + 0.05).magnitude < 1e-3)
    let refusals = loop.events.filter { if case .clockRefused = $0.event { true } else { false } }
    #expect(refusals.count == 1)
    loop.refusal = nil
    loop.run(until: 250)
    #expect(loop.steering == .steering)
    #expect(loop.has { if case .clockAccepted = $0 { true } else { false } })
    #expect(loop.error.magnitude < 50e-6)
  }

  /// An operator's resync tries a refused clock at once.
  @Test func resyncRetries() {
    let loop = ClosedLoop(sources: [ModelSource(1)], offset: 0.05)
    loop.refusal = .notPermitted
    loop.run(until: 150)
    loop.refusal = nil
    loop.send(.resync(force: false, now: loop.raw(loop.now)))
    loop.run(until: 152)
    #expect(loop.steering == .steering)
  }

  /// Another daemon owns the clock: only watched, until an operator's resync finds it free.
  @Test func otherOwner() {
    let loop = ClosedLoop(sources: [ModelSource(1)], offset: 0.05)
    loop.refusal = .observing
    loop.run(until: 60)
    #expect(loop.steering == .observing)
    loop.refusal = nil
    loop.run(until: 90)
    #expect(loop.adjustments == 0)
    loop.send(.resync(force: false, now: loop.raw(loop.now)))
    loop.run(until: 110)
    #expect(loop.steering == .steering)
    #expect(loop.error.magnitude < 50e-6)
  }

  /// Observe mode: no clock action of any kind, and the error is published as it is.
  @Test func observing() {
    var parameters = EngineParameters()
    parameters.steer = false
    let loop = ClosedLoop(parameters: parameters, sources: [ModelSource(1)], offset: 0.03)
    loop.run(until: 60)
    #expect(loop.adjustments == 0)
    #expect(loop.steps.isEmpty)
    #expect(loop.statuses.isEmpty)
    #expect(loop.steering == .observing)
    #expect((loop.state.offset.inSeconds + 0.03).magnitude < 1e-4)
    #expect(loop.state.boundHard.inSeconds > 0.03)
  }
}
