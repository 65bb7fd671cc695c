// SPDX-License-Identifier: Apache-2.0

/// Whether the daemon drives its clock, and if not, why.
package enum SteeringState: String, Sendable, CaseIterable {
  /// What the engine decides is applied.
  case steering
  /// `steer = false`: nothing is applied, on purpose.
  case observing
  /// The kernel refuses (no CAP_SYS_TIME, or a value it will not take), or another time daemon owns the clock; the reason says which.
  case refused
  /// Somebody else moved the clock; waits for `tompion resync` or for the sources to agree again.
  case moved
  /// Not started yet.
  case starting
}
