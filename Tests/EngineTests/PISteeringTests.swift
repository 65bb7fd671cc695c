// SPDX-License-Identifier: Apache-2.0

import Discipline
import Testing
import TimeTypes

@testable import Engine

/// The PI servo in place of the engine's own.
@Suite struct PISteeringTests {
  private func parameters(_ change: (inout PISettings) -> Void = { _ in }) -> EngineParameters {
    var parameters = EngineParameters()
    var settings = PISettings()
    change(&settings)
    parameters.pi = settings
    parameters.firstSync = .accept
    return parameters
  }

  private var quiet: ModelSource {
    var source = ModelSource(1, poll: 0, maximumPoll: 0)
    source.base = 1e-6
    source.jitter = 1e-8
    return source
  }

  @Test func stepsOnceAndLocks() {
    let loop = ClosedLoop(
      parameters: parameters(), sources: [quiet], offset: -0.4, frequency: 0, referenceFrequency: 25e-6)
    loop.run(until: 120)
    #expect(loop.steps.count == 1)
    #expect(loop.servo == .locked)
    #expect(loop.errors(after: 60).allSatisfy { $0.magnitude < 1e-6 })
    #expect((loop.clockFrequency - 25e-6).magnitude < 1e-6)
  }

  @Test func theEnginesOwnServoIsTheDefault() {
    let loop = ClosedLoop(sources: [quiet], referenceFrequency: 25e-6)
    loop.run(until: 60)
    #expect(loop.servo == nil)
  }

  @Test func maximumFrequencyHolds() {
    let loop = ClosedLoop(
      parameters: parameters {
        $0.maximumFrequency = 50e-6
        $0.firstStepThreshold = 0
      }, sources: [quiet], offset: -0.01, referenceFrequency: 25e-6)
    loop.run(until: 60)
    #expect(loop.steps.isEmpty)
    #expect((loop.clockFrequency - 50e-6).magnitude < 1e-9)
  }

  @Test func aForeignHandMakesItBeginAgain() {
    let loop = ClosedLoop(
      parameters: parameters { $0.stepThreshold = 0.01 }, sources: [quiet], referenceFrequency: 25e-6)
    loop.run(until: 60)
    loop.moveByHand(0.3)
    loop.run(until: 120)
    #expect(loop.error.magnitude < 1e-6)
    #expect(loop.servo == .locked)
  }

  /// After the first synchronization it slews backward where a threshold would have it step, and never faster than it may.
  @Test func thePolicyOfTheClockHolds() {
    for forbidden in [false, true] {
      var parameters = parameters { $0.stepThreshold = 0.01 }
      parameters.neverStepBackward = forbidden
      parameters.maximumSlewRate = .partsPerMillion(5000)
      let loop = ClosedLoop(parameters: parameters, sources: [quiet], referenceFrequency: 25e-6)
      loop.run(until: 60)
      let first = loop.steps.count
      // The clock is ahead: back.
      loop.moveByHand(0.1)
      var fastest = 0.0
      for second in 61...120 {
        loop.run(until: Double(second))
        fastest = max(fastest, (loop.clockFrequency - 25e-6).magnitude)
      }
      #expect(loop.steps.count == (forbidden ? first : first + 1))
      #expect(fastest < 5001e-6)
      if forbidden { #expect(fastest > 4999e-6) }
      #expect(loop.error.magnitude < 1e-5, "\(loop.error)")
      // Forward is another thing.
      loop.moveByHand(-0.1)
      loop.run(until: 180)
      #expect(loop.steps.count == (forbidden ? first + 1 : first + 2))
    }
  }

  /// An operator's force steps all the same.
  @Test func forceStepsBackward() {
    var parameters = parameters { $0.stepThreshold = 0.01 }
    parameters.neverStepBackward = true
    parameters.maximumSlewRate = .partsPerMillion(100)
    let loop = ClosedLoop(parameters: parameters, sources: [quiet], referenceFrequency: 25e-6)
    loop.run(until: 60)
    let first = loop.steps.count
    loop.moveByHand(0.1)
    loop.run(until: 90)
    #expect(loop.steps.count == first)
    loop.send(.resync(force: true, now: loop.raw(loop.now)))
    loop.run(until: 120)
    #expect(loop.steps.count == first + 1)
    #expect(loop.error.magnitude < 1e-5, "\(loop.error)")
  }

  /// The engine's own servo with a first step of its own.
  @Test func firstStepOfTheOwnServo() {
    var parameters = EngineParameters()
    parameters.firstStep = 20e-6
    let loop = ClosedLoop(parameters: parameters, sources: [quiet], offset: -0.4)
    loop.run(until: 60)
    #expect(loop.steps.count == 1)
    loop.moveByHand(0.01)
    loop.run(until: 120)
    #expect(loop.steps.count == 1)
    #expect(loop.error.magnitude < 10e-6)
  }
}

extension ClosedLoop {
  var servo: PIServo.State? { engine.servoState }
  var clockFrequency: Double { clock.frequency.ratio }
}
