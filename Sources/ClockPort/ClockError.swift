// SPDX-License-Identifier: Apache-2.0

/// Why a clock did not do as it was told. Never a reason to exit: it becomes an event and a state.
public enum ClockError: Error, Sendable, BitwiseCopyable, Equatable {
  /// CAP_SYS_TIME is missing or was lost (EPERM).
  case notPermitted
  /// The kernel refused the value (EINVAL).
  case invalidValue
  /// The clock is gone or cannot do that (ENODEV, EOPNOTSUPP).
  case unsupported
  /// This daemon only watches the clock.
  case observing
  /// Any other errno.
  case system(errno: Int32)
}
