// SPDX-License-Identifier: Apache-2.0

/// How fast a counter may leave its estimated frequency at worst: what hard bounds grow by. Ratios.
package struct DriftBound: Sendable, BitwiseCopyable, Equatable {
  /// A normal error is within so many deviations with a probability of 99.9 %. It counts only while the frequency is known worse than
  /// what is assumed anyway: in the first minutes.
  package static var deviations: Double { @_noAllocation @_noLocks get { 3.3 } }

  /// The drift that is assumed whatever is known (PHI of RFC 5905). Default 15 ppm.
  package var assumed: Double

  @_noAllocation @_noLocks
  package init(_ assumed: Double = 15e-6) { self.assumed = assumed }

  /// The assumed drift, or what a frequency of that deviation may be wrong by while that is more.
  @_noAllocation @_noLocks
  package func rate(frequencyError: Double) -> Double {
    let rate = Self.deviations * frequencyError
    return rate > assumed ? rate : assumed
  }
}
