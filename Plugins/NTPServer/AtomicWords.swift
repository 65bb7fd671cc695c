// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Atomic words, as many as are wanted at init, zero at first.
@safe
final class AtomicWords: @unchecked Sendable {
  // Sound to share: nothing but atomics lies there, and the memory lives as long as this object.
  private let start: UnsafeMutablePointer<Atomic<UInt64>>
  let count: Int

  init(count: Int) {
    self.count = max(count, 1)
    unsafe start = .allocate(capacity: self.count)
    for index in 0..<self.count { unsafe (start + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe start.deinitialize(count: count)
    unsafe start.deallocate()
  }

  subscript(index: Int) -> Atomic<UInt64> {
    unsafeAddress {
      precondition(index >= 0 && index < count, "word out of range")
      return unsafe UnsafePointer(start + index)
    }
  }
}
