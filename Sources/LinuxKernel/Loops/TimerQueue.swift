// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Deadlines on the raw clock, earliest first: a binary heap of fixed capacity that allocates nothing after init.
package struct TimerQueue {
  private struct Entry: BitwiseCopyable {
    var deadline: Int64
    var token: UInt64
  }

  private var heap: [Entry]
  package private(set) var count = 0

  package init(capacity: Int) {
    heap = Array(repeating: Entry(deadline: 0, token: 0), count: max(capacity, 1))
  }

  package var capacity: Int { heap.count }

  /// The earliest deadline.
  package var earliest: RawInstant? { count > 0 ? RawInstant(nanoseconds: heap[0].deadline) : nil }

  /// Arms a timer; one already armed with that token is moved. False: full.
  package mutating func arm(_ token: UInt64, at deadline: RawInstant) -> Bool {
    let entry = Entry(deadline: deadline.nanoseconds, token: token)
    if let index = index(of: token) {
      heap[index] = entry
      settle(index)
      return true
    }
    guard count < heap.count else { return false }
    heap[count] = entry
    count += 1
    rise(count - 1)
    return true
  }

  /// Forgets a timer; unknown tokens are fine.
  package mutating func disarm(_ token: UInt64) {
    if let index = index(of: token) { remove(at: index) }
  }

  /// Forgets every timer whose token has these bits under the mask.
  package mutating func disarm(matching bits: UInt64, mask: UInt64) {
    var index = 0
    while index < count {
      // What takes the place of a removed one may have come from below: from the start again.
      if heap[index].token & mask == bits {
        remove(at: index)
        index = 0
      } else {
        index += 1
      }
    }
  }

  /// Takes one timer that is due at `now`; nil = none.
  package mutating func takeDue(_ now: RawInstant) -> UInt64? {
    guard count > 0, heap[0].deadline <= now.nanoseconds else { return nil }
    let token = heap[0].token
    remove(at: 0)
    return token
  }

  private func index(of token: UInt64) -> Int? {
    for i in 0..<count where heap[i].token == token { return i }
    return nil
  }

  private mutating func remove(at index: Int) {
    count -= 1
    guard index < count else { return }
    heap[index] = heap[count]
    settle(index)
  }

  private mutating func settle(_ index: Int) {
    rise(index)
    sink(index)
  }

  private mutating func rise(_ start: Int) {
    var i = start
    while i > 0 {
      let parent = (i - 1) / 2
      guard heap[i].deadline < heap[parent].deadline else { return }
      heap.swapAt(i, parent)
      i = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var i = start
    while true {
      var least = i
      for child in (2 * i + 1)...(2 * i + 2) where child < count && heap[child].deadline < heap[least].deadline {
        least = child
      }
      guard least != i else { return }
      heap.swapAt(i, least)
      i = least
    }
  }
}
