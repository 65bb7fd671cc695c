// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Unpredictable bytes for keys (RAND_priv_bytes(3)). [any]
package enum RandomBytes {
  /// So many of them; nil = the generator could not be seeded, and no key may be made.
  package static func make(_ count: Int) -> [UInt8]? {
    guard count > 0, count <= Int(Int32.max) else { return count == 0 ? [] : nil }
    var bytes = [UInt8](repeating: 0, count: count)
    // Sound: the bytes are the array's own, with their count.
    let isDone = unsafe bytes.withUnsafeMutableBufferPointer { unsafe RAND_priv_bytes($0.baseAddress, Int32($0.count)) }
    return isDone == 1 ? bytes : nil
  }
}
