// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import NTPSymmetric

@Suite struct CurrentRingTests {
  @Test func outcomesAreCounted() {
    let current = CurrentRing()
    for outcome in Outcome.allCases {
      // Of several packets in one call, and of one.
      current.decide { _, counts in for _ in 0..<outcome.rawValue { counts.add(outcome) } }
      current.decide { _, counts in counts.add(outcome) }
    }
    #expect(Outcome.allCases.allSatisfy { current[$0] == UInt64($0.rawValue + 1) })
  }

  @Test func aRingInUseIsKept() {
    let current = CurrentRing()
    weak var first: KeyRing?
    current.replace(by: Keys.ring())
    first = current.last
    current.decide { ring, _ in
      current.replace(by: KeyRing())
      #expect(!current.forgetReplaced() && ring.keys.count == 8)
    }
    #expect(first != nil)
    #expect(current.forgetReplaced())
    #expect(first == nil, "and wiped when nobody is in it")
  }

  /// Workers read while control replaces: each sees one whole ring or another.
  @Test func readersAndAWriter() async {
    let current = CurrentRing()
    final class Flag: Sendable { let isOver = Atomic<Bool>(false) }
    let flag = Flag()
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<3 {
        group.addTask {
          var wrong = 0
          while !flag.isOver.load(ordering: .relaxed) {
            current.decide { ring, _ in
              if ring.keys.count != 0 && ring.keys.count != 8 { wrong += 1 }
              let isWhole = ring.withKey(3) { $0.code.bytes(header()).count == $0.digestLength }
              if isWhole == false { wrong += 1 }
            }
            // The writer needs a thread of the few that there are.
            await Task.yield()
          }
          return wrong
        }
      }
      group.addTask {
        for turn in 0..<300 {
          current.replace(by: turn.isMultiple(of: 2) ? Keys.ring() : KeyRing())
          await Task.yield()
        }
        flag.isOver.store(true, ordering: .relaxed)
        return 0
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0 && current.forgetReplaced())
  }
}
