// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What all survivors together say of the reference; errors in seconds at `line.raw`.
package struct FusedEstimate: Sendable, BitwiseCopyable, Equatable {
  package var line: ClockLine
  /// One standard deviation, paths assumed symmetric.
  package var offsetError: Double
  package var frequencyError: Frequency
  /// System jitter: the survivors' weighted distance from the system source, and its own jitter (RFC 5905, section 11.2.3).
  package var jitter: Double
  /// The truth is not farther from the line than this, if one survivor at least tells the truth within its own bounds.
  package var hardBound: Double
  /// The moment of the newest sample behind it.
  package var lastUpdate: RawInstant
  /// The most samples that one survivor's estimate rests on, at most 64.
  package var samples: Int
  /// Variance per second by which new samples move the estimate, s²/s.
  package var agitation: Double
  /// What lasting queues may hide, seconds.
  package var lingering: Double

  @_noAllocation @_noLocks
  package init(
    line: ClockLine, offsetError: Double, frequencyError: Frequency, jitter: Double, hardBound: Double,
    lastUpdate: RawInstant, samples: Int, agitation: Double = 0, lingering: Double = 0
  ) {
    self.line = line
    self.offsetError = offsetError
    self.frequencyError = frequencyError
    self.jitter = jitter
    self.hardBound = hardBound
    self.lastUpdate = lastUpdate
    self.samples = samples
    self.agitation = agitation
    self.lingering = lingering
  }
}
