// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Comparisons whose duration depends on the length alone (CRYPTO_memcmp(3)). [any]
package enum ConstantTime {
  /// Whether both have the same bytes; a difference in length is seen at once.
  package static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    guard left.count > 0 else { return true }
    // Sound: both have as many bytes as are compared.
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { unsafe CRYPTO_memcmp(left.baseAddress, $0.baseAddress, $0.count) == 0 }
    }
  }
}
