// SPDX-License-Identifier: Apache-2.0

/// How the hard bound loses its worth while nothing new arrives, by an assumed drift, and how long that is called synchronized. The
/// estimate's own deviation grows in its bank of clocks.
package struct Holdover: Sendable, BitwiseCopyable, Equatable {
  /// The drift that the hard bound assumes (PHI of RFC 5905). Default 15 ppm.
  package var driftBound: Double
  /// After so many seconds without a valid sample the clock is no longer called synchronized. Default one day.
  package var limit: Double

  package init(driftBound: Double = 15e-6, limit: Double = 86_400) {
    self.driftBound = driftBound
    self.limit = limit
  }

  /// The rate at which the hard bound grows: the assumed drift, or 3.3 deviations of the frequency while that is less known.
  @_noAllocation @_noLocks
  package func boundRate(frequencyError: Double) -> Double {
    let rate = 3.3 * frequencyError
    return rate > driftBound ? rate : driftBound
  }
}
