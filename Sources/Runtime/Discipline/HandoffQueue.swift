// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Values on their way from one role to another: one producer, one consumer, fixed capacity, no lock, nothing allocated after init.
@safe final class HandoffQueue<Element: Sendable>: @unchecked Sendable {
  // Sound to share: a slot is written before `tail` is released past it, and moved out before `head` is.
  private let capacity: Int
  private let slots: UnsafeMutablePointer<Element>
  private let head = Atomic<Int>(0)
  private let tail = Atomic<Int>(0)
  private let lost = Atomic<UInt64>(0)

  init(capacity: Int) {
    self.capacity = capacity
    unsafe slots = .allocate(capacity: capacity)
  }

  deinit {
    // Sound: nobody else has the queue any more.
    while pop() != nil {}
    unsafe slots.deallocate()
  }

  /// How many values found no place.
  var dropped: UInt64 { lost.load(ordering: .relaxed) }

  var isEmpty: Bool { head.load(ordering: .relaxed) == tail.load(ordering: .acquiring) }

  /// False, and counted, when the queue is full. One producer.
  @discardableResult
  func push(_ element: Element) -> Bool {
    let end = tail.load(ordering: .relaxed)
    guard end &- head.load(ordering: .acquiring) < capacity else {
      lost.add(1, ordering: .relaxed)
      return false
    }
    unsafe (slots + end % capacity).initialize(to: element)
    tail.store(end &+ 1, ordering: .releasing)
    return true
  }

  /// The oldest value; nil = none. One consumer.
  func pop() -> Element? {
    let start = head.load(ordering: .relaxed)
    guard start < tail.load(ordering: .acquiring) else { return nil }
    let element = unsafe (slots + start % capacity).move()
    head.store(start &+ 1, ordering: .releasing)
    return element
  }
}
