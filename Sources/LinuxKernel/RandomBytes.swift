// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Unpredictable bytes of the kernel's (getrandom(2)). [any role]
package enum RandomBytes {
  /// Fills memory that the caller owns.
  package static func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(KernelError) {
    guard let start = bytes.baseAddress else { return }
    // Exactly the buffer's own memory.
    _ = try KernelError.check(unsafe clinux_random(start, bytes.count), "get random bytes")
  }

  package static func fill(_ number: inout UInt64) throws(KernelError) {
    // The number's own eight bytes.
    _ = try KernelError.check(unsafe clinux_random(&number, 8), "get random bytes")
  }
}
