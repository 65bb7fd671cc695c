// SPDX-License-Identifier: Apache-2.0

/// A weighted least-squares line x(t) = mean + slope·(t − centre) with what is known of its errors, in seconds.
package struct LineFit: Sendable, BitwiseCopyable, Equatable {
  package var centre = 0.0
  package var mean = 0.0
  package var slope = 0.0
  package var meanVariance = 0.0
  package var slopeVariance = 0.0
  /// Root mean square of the weighted residuals: the scatter of one good sample.
  package var scatter = 0.0
  package var count = 0

  @_noAllocation @_noLocks
  package init() {}

  @_noAllocation @_noLocks
  package func value(at time: Double) -> Double { mean + slope * (time - centre) }

  /// Variance of the line itself at a time, without the oscillator's wander.
  @_noAllocation @_noLocks
  package func variance(at time: Double) -> Double {
    let distance = time - centre
    return meanVariance + slopeVariance * distance * distance
  }
}
