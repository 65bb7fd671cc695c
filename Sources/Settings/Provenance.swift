// SPDX-License-Identifier: Apache-2.0

/// Where a value of the configuration comes from.
package enum Provenance: Sendable, Equatable {
  /// Nobody wrote it.
  case builtIn
  /// Written at this place of the configuration file; both count from 1.
  case written(line: UInt32, column: UInt32)
}
