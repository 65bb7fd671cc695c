// SPDX-License-Identifier: Apache-2.0

/// Which servo steers a clock.
package enum ServoConfiguration: String, Sendable, CaseIterable {
  /// The engine's own: a lag behind an estimate that never sees it.
  case engine
  /// Proportional and integral, as PTP daemons have it.
  case pi
}
