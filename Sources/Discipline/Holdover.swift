// SPDX-License-Identifier: Apache-2.0

import Numerics

/// How an estimate loses its worth while nothing new arrives: the deviation by its frequency error and the oscillator's
/// random walk of frequency, the hard bound by an assumed drift.
package struct Holdover: Sendable, BitwiseCopyable, Equatable {
  /// Random walk of the raw counter's frequency, per √s. Default 3e-9: a crystal on a board in a room.
  package var wander: Double
  /// The drift that the hard bound assumes (PHI of RFC 5905). Default 15 ppm.
  package var driftBound: Double
  /// After so many seconds without a valid sample the clock is no longer called synchronized. Default one day.
  package var limit: Double

  package init(wander: Double = 3e-9, driftBound: Double = 15e-6, limit: Double = 86_400) {
    self.wander = wander
    self.driftBound = driftBound
    self.limit = limit
  }

  /// The deviation of an offset `age` seconds after it was known to `offsetError`: √(σ² + (σ_f·T)² + w²·T³/3).
  @_noAllocation @_noLocks
  package func deviation(offsetError: Double, frequencyError: Double, age: Double) -> Double {
    let drift = frequencyError * age
    return squareRoot(offsetError * offsetError + drift * drift + wander * wander * age * age * age / 3)
  }

  /// The rate at which the hard bound grows: the assumed drift, or 3.3 deviations of the frequency while that is less known.
  @_noAllocation @_noLocks
  package func boundRate(frequencyError: Double) -> Double {
    let rate = 3.3 * frequencyError
    return rate > driftBound ? rate : driftBound
  }
}
