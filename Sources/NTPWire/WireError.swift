// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not what they should be, or do not fit. A value to be counted, never a trap.
package enum WireError: Error, Hashable, Sendable, BitwiseCopyable {
  /// The field at `offset` of `needed` bytes ends after the `available` ones.
  case truncated(offset: Int, needed: Int, available: Int)
  /// An extension field's length must be a multiple of 4 from 16 to 65532 (RFC 7822, section 3.1).
  case extensionFieldLength(Int)
}
