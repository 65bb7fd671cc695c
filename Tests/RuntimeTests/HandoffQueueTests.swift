// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Synchronization
import Testing

@testable import Runtime

@Suite struct HandoffQueueTests {
  @Test func aFullQueueRefusesAndCounts() {
    let queue = HandoffQueue<Int>(capacity: 3)
    #expect(queue.isEmpty && queue.pop() == nil)
    #expect((1...3).allSatisfy { queue.push($0) })
    #expect(!queue.push(4) && !queue.push(5))
    #expect(queue.dropped == 2)
    #expect(!queue.isEmpty)
    #expect(queue.pop() == 1)
    #expect(queue.push(6), "a place is free again")
    #expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()] == [2, 3, 6, nil])
    #expect(queue.isEmpty && queue.dropped == 2)
  }

  @Test func valuesComeOutInOrderHoweverOftenItWrapsRound() {
    let queue = HandoffQueue<Int>(capacity: 5)
    var pushed = 0
    var popped = 0
    for count in 0..<100 {
      for _ in 0..<(count % 6) where queue.push(pushed) { pushed += 1 }
      for _ in 0..<((count + 2) % 4) {
        guard let value = queue.pop() else { break }
        #expect(value == popped)
        popped += 1
      }
    }
    while let value = queue.pop() {
      #expect(value == popped)
      popped += 1
    }
    #expect(popped == pushed && popped > 5 * 5)
  }

  /// Something whose lives can be counted.
  private final class Life: Sendable {
    static let living = Atomic<Int>(0)
    init() { Self.living.add(1, ordering: .relaxed) }
    deinit { Self.living.subtract(1, ordering: .relaxed) }
  }

  @Test func whatNobodyTookIsReleasedWithTheQueue() {
    do {
      let queue = HandoffQueue<Life>(capacity: 4)
      for _ in 0..<6 { queue.push(Life()) }
      #expect(Life.living.load(ordering: .relaxed) == 4)
      _ = queue.pop()
      #expect(Life.living.load(ordering: .relaxed) == 3)
    }
    #expect(Life.living.load(ordering: .relaxed) == 0)
  }

  @Test func twoThreadsLoseAndSwapNothing() throws {
    let queue = HandoffQueue<(Int, Int)>(capacity: 64)
    let count = 100_000
    let thread = try RoleThread(RoleThreadOptions(name: "producer", fifoPriority: nil)) {
      for index in 0..<count { while !queue.push((index, ~index)) { Pause.milliseconds(0) } }
    }
    var next = 0
    var wrong = 0
    while next < count {
      guard let (value, inverse) = queue.pop() else {
        Pause.milliseconds(0)
        continue
      }
      if value != next || inverse != ~next { wrong += 1 }
      next += 1
    }
    thread.join()
    #expect(wrong == 0)
    #expect(queue.isEmpty)
  }
}
