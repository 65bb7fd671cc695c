// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TimeTypes

/// Samples on their way to the engine: one producer, one consumer.
@safe final class SampleQueue: @unchecked Sendable {
  // Sound to share: a slot is written before `tail` is released past it and read before `head` is.
  let capacity: Int
  private let slots: UnsafeMutablePointer<Sample>
  private let head = Atomic<Int>(0)
  private let tail = Atomic<Int>(0)

  init(capacity: Int = 256) {
    self.capacity = capacity
    unsafe slots = .allocate(capacity: capacity)
  }

  deinit { unsafe slots.deallocate() }

  var count: Int { tail.load(ordering: .acquiring) &- head.load(ordering: .acquiring) }

  func push(_ sample: Sample) -> Bool {
    let end = tail.load(ordering: .relaxed)
    guard end &- head.load(ordering: .acquiring) < capacity else { return false }
    unsafe (slots + end % capacity).initialize(to: sample)
    tail.store(end &+ 1, ordering: .releasing)
    return true
  }

  func pop() -> Sample? {
    let start = head.load(ordering: .relaxed)
    guard start < tail.load(ordering: .acquiring) else { return nil }
    let sample = unsafe slots[start % capacity]
    head.store(start &+ 1, ordering: .releasing)
    return sample
  }
}
