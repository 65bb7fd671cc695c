// SPDX-License-Identifier: Apache-2.0

/// Whether the clock is right.
package enum SynchronizationState: String, Sendable, CaseIterable {
  case synchronized
  /// Was synchronized; runs on its last frequency with growing bounds.
  case holdover
  case unsynchronized
}

/// What the sanity gate says (the Windows Time service's MaxPosPhaseCorrection and MaxNegPhaseCorrection).
package enum SanityState: String, Sendable, CaseIterable {
  case good
  /// Some source's samples are being refused; others carry on.
  case refusing
  /// Every good source is beyond the limit and they agree: the local clock is suspect.
  case suspect
}
