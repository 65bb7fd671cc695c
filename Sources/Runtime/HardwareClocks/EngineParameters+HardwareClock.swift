// SPDX-License-Identifier: Apache-2.0

import Discipline
import Engine
import Settings
import TimeTypes

extension EngineParameters {
  /// For the engine of a hardware clock, whose one source is the system clock: no gate, for it has to follow whatever that one shows.
  /// - Parameter limit: what the clock itself can do.
  init(_ settings: HardwareClockConfiguration, limit: Frequency) {
    self.init()
    maximumPositivePhaseCorrection = .noLimit
    maximumNegativePhaseCorrection = .noLimit
    firstSync = .accept
    let wanted = settings.pi.maximumFrequency > 0 ? settings.pi.maximumFrequency : .infinity
    maximumFrequency = Frequency(ratio: min(limit.ratio, wanted))
    maximumSlewRate = maximumFrequency
    let step: PhaseLimit = settings.pi.stepThreshold > 0 ? .seconds(settings.pi.stepThreshold) : .noLimit
    maximumForwardSlew = step
    maximumBackwardSlew = step
    firstStep = settings.pi.firstStepThreshold > 0 ? settings.pi.firstStepThreshold : nil
    // There is no other source to turn to. While the system clock is slewed to its own sources, what its readings scatter by is the slew: a limit
    // would shut them out, and for good, as nothing new would be learned.
    maximumDistance = .infinity
    minimumDispersion = 1e-9
    precision = -30
    if settings.servo == .pi {
      pi = settings.pi
      // It goes by the samples, whatever the estimate says meanwhile.
      synchronizedLimit = .infinity
    }
  }
}
