// SPDX-License-Identifier: Apache-2.0

/// The leap indicator of RFC 5905, section 7.3.
public enum LeapIndicator: UInt8, Sendable, BitwiseCopyable {
  case none = 0
  /// The last minute of the current UTC day has 61 seconds.
  case insert = 1
  /// The last minute of the current UTC day has 59 seconds.
  case delete = 2
  /// The clock is not synchronized.
  case unsynchronized = 3
}
