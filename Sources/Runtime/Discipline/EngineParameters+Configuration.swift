// SPDX-License-Identifier: Apache-2.0

import Discipline
import Engine
import Settings
import TimeTypes

extension EngineParameters {
  /// The engine's parameters as the table `[clock]` says them; everything else keeps its default.
  init(_ clock: ClockConfiguration) {
    self.init()
    steer = clock.steer
    maximumPositivePhaseCorrection = PhaseLimit(clock.maximumPositivePhaseCorrection)
    maximumNegativePhaseCorrection = PhaseLimit(clock.maximumNegativePhaseCorrection)
    maximumForwardSlew = PhaseLimit(clock.maximumAllowedPhaseOffsetForward)
    maximumBackwardSlew = PhaseLimit(clock.maximumAllowedPhaseOffsetBackward)
    neverStepBackward = clock.neverStepBackward
    firstSync = clock.firstSync == .accept ? .accept : .gate
    minimumSources = Int(clock.minimumSources)
    authenticationPolicy =
      switch clock.authSelect {
      case .require: .require
      case .prefer: .prefer
      case .mix: .mix
      case .ignore: .ignore
      }
    maximumSlewRate = clock.maximumSlewRate
    smoothness = clock.smoothness
    if clock.servo == .pi { pi = clock.pi }
    // A hardware clock's reading says more than a packet.
    if clock.follows != nil {
      minimumDispersion = 1e-8
      readsClockBySamples = true
    }
  }
}

extension PhaseLimit {
  /// nil = no limit.
  init(_ interval: TimeInterval?) {
    self = interval.map { .seconds($0.inSeconds) } ?? .noLimit
  }
}
