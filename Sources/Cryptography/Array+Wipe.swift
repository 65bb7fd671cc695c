// SPDX-License-Identifier: Apache-2.0

import COpenSSL

extension [UInt8] {
  /// Overwrites a secret with zeros and forgets it; the compiler cannot leave that out (OPENSSL_cleanse(3)). Only of an array that nobody
  /// else has: of one that is shared, a copy would be wiped.
  package mutating func wipe() {
    // Sound: the bytes are this array's own, with their count.
    unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    removeAll()
  }
}
