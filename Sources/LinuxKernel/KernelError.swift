// SPDX-License-Identifier: Apache-2.0

/// A system call that failed: which one, and the errno it left.
///
/// Plain data, so it can be thrown where nothing may be allocated; the text is built only when somebody reads it.
package struct KernelError: Error, BitwiseCopyable, Sendable, Equatable {
  /// What was tried, in words that fit after "cannot": "bind the UDP socket".
  package var operation: StaticString
  /// The errno, positive.
  package var errno: Int32

  package init(_ operation: StaticString, errno: Int32) {
    self.operation = operation
    self.errno = errno
  }

  package static func == (a: KernelError, b: KernelError) -> Bool {
    a.errno == b.errno && a.operation.description == b.operation.description
  }

  /// Turns the fence's convention (negative = -errno) into a throw.
  @inline(__always)
  static func check(_ result: Int32, _ operation: StaticString) throws(KernelError) -> Int32 {
    guard result >= 0 else { throw KernelError(operation, errno: 0 &- result) }
    return result
  }
}
