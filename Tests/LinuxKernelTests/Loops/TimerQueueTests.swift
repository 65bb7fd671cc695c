// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct TimerQueueTests {
  func at(_ nanoseconds: Int64) -> RawInstant { RawInstant(nanoseconds: nanoseconds) }

  @Test func behavesAsASortedListWould() {
    var generator = SeededGenerator(seed: 99)
    var queue = TimerQueue(capacity: 20)
    var model: [UInt64: Int64] = [:]
    for _ in 0..<20_000 {
      let token = UInt64.random(in: 0..<30, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0, 1:
        let deadline = Int64.random(in: 0..<1000, using: &generator)
        let fits = model[token] != nil || model.count < 20
        let armed = queue.arm(token, at: at(deadline))
        #expect(armed == fits)
        if fits { model[token] = deadline }
      case 2:
        queue.disarm(token)
        model[token] = nil
      default:
        let now = Int64.random(in: 0..<1000, using: &generator)
        let due = queue.takeDue(at(now))
        if let due {
          #expect(model[due] == model.values.min())
          #expect(model[due].map { $0 <= now } == true)
          model[due] = nil
        } else {
          #expect(model.values.allSatisfy { $0 > now })
        }
      }
      #expect(queue.count == model.count)
      #expect(queue.earliest?.nanoseconds == model.values.min())
    }
  }

  @Test func allOfOneKindAreForgotten() {
    var queue = TimerQueue(capacity: 64)
    for i in 0..<40 {
      let kind = UInt64(i % 3 + 1) << 48
      let armed = queue.arm(kind | UInt64(i), at: RawInstant(nanoseconds: Int64((i * 7) % 40)))
      #expect(armed)
    }
    queue.disarm(matching: 2 << 48, mask: 0xffff << 48)
    #expect(queue.count == 27)
    var order: [Int64] = []
    while let token = queue.takeDue(RawInstant(nanoseconds: 100)) {
      #expect(token >> 48 != 2)
      order.append(Int64(((token & 0xff) * 7) % 40))
    }
    #expect(order == order.sorted() && order.count == 27)
  }
}
