// SPDX-License-Identifier: Apache-2.0

import Discipline
import Engine
import Settings
import Testing
import TimeTypes

@testable import Runtime

/// EngineParameters+Configuration.
@Suite struct EngineParametersConfigurationTests {
  @Test func theDefaultsOfBothSidesAreTheSame() {
    #expect(EngineParameters(ClockConfiguration()) == EngineParameters())
  }

  @Test func eachKeyArrivesWhereItBelongs() {
    var clock = ClockConfiguration()
    clock.steer = false
    clock.maximumPositivePhaseCorrection = .seconds(11)
    clock.maximumNegativePhaseCorrection = .seconds(12)
    clock.maximumAllowedPhaseOffsetForward = .seconds(13)
    clock.maximumAllowedPhaseOffsetBackward = .milliseconds(14)
    clock.neverStepBackward = true
    clock.firstSync = .accept
    clock.minimumSources = 3
    clock.authSelect = .require
    clock.maximumSlewRate = .partsPerMillion(250)
    clock.smoothness = 2.5
    let parameters = EngineParameters(clock)
    #expect(!parameters.steer)
    #expect(parameters.maximumPositivePhaseCorrection == .seconds(11))
    #expect(parameters.maximumNegativePhaseCorrection == .seconds(12))
    #expect(parameters.maximumForwardSlew == .seconds(13))
    #expect(parameters.maximumBackwardSlew == .seconds(0.014))
    #expect(parameters.neverStepBackward)
    #expect(parameters.firstSync == .accept)
    #expect(parameters.minimumSources == 3)
    #expect(parameters.authenticationPolicy == .require)
    #expect(parameters.maximumSlewRate == .partsPerMillion(250))
    #expect(parameters.smoothness == 2.5)
    var rest = EngineParameters()
    rest.steer = parameters.steer
    rest.maximumPositivePhaseCorrection = parameters.maximumPositivePhaseCorrection
    rest.maximumNegativePhaseCorrection = parameters.maximumNegativePhaseCorrection
    rest.maximumForwardSlew = parameters.maximumForwardSlew
    rest.maximumBackwardSlew = parameters.maximumBackwardSlew
    rest.neverStepBackward = parameters.neverStepBackward
    rest.firstSync = parameters.firstSync
    rest.minimumSources = parameters.minimumSources
    rest.authenticationPolicy = parameters.authenticationPolicy
    rest.maximumSlewRate = parameters.maximumSlewRate
    rest.smoothness = parameters.smoothness
    #expect(parameters == rest, "everything else keeps its default")
  }

  @Test func noLimitIsNoLimit() {
    var clock = ClockConfiguration()
    clock.maximumPositivePhaseCorrection = nil
    clock.maximumAllowedPhaseOffsetBackward = nil
    let parameters = EngineParameters(clock)
    #expect(parameters.maximumPositivePhaseCorrection == .noLimit && parameters.maximumBackwardSlew == .noLimit)
    #expect(parameters.maximumNegativePhaseCorrection != .noLimit && parameters.maximumForwardSlew != .noLimit)
    #expect(PhaseLimit(nil) == .noLimit && PhaseLimit(.milliseconds(1500)) == .seconds(1.5))
  }

  @Test func eachModeOfAuthSelectIsTheEnginesOwn() {
    for mode in ClockConfiguration.AuthSelect.allCases {
      var clock = ClockConfiguration()
      clock.authSelect = mode
      #expect("\(EngineParameters(clock).authenticationPolicy)" == mode.rawValue)
    }
  }
}
