// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Simulation

@Suite struct VirtualTimeTests {
  @Test func ordersByMomentThenByScheduling() {
    var generator = SeededGenerator(seed: 5)
    var time = VirtualTime<(moment: Int64, order: Int)>()
    for order in 0..<2000 {
      let moment = Int64(generator.next() % 50)
      time.schedule((moment, order), at: RawInstant(nanoseconds: moment))
    }
    var seen: [(moment: Int64, order: Int)] = []
    while let event = time.take(until: RawInstant(nanoseconds: 100)) {
      #expect(time.now.nanoseconds == event.moment)
      seen.append(event)
    }
    #expect(seen.count == 2000)
    for (a, b) in zip(seen, seen.dropFirst()) {
      #expect(a.moment < b.moment || (a.moment == b.moment && a.order < b.order))
    }
    #expect(time.now.nanoseconds == 100)
  }

  @Test func nothingBeyondTheLimitAndNothingInThePast() {
    var time = VirtualTime<Int>(start: RawInstant(nanoseconds: 10))
    time.schedule(1, at: RawInstant(nanoseconds: 3))
    time.schedule(2, at: RawInstant(nanoseconds: 21))
    #expect(time.take(until: RawInstant(nanoseconds: 20)) == 1)
    #expect(time.now.nanoseconds == 10)
    #expect(time.take(until: RawInstant(nanoseconds: 20)) == nil)
    #expect(time.now.nanoseconds == 20 && time.next?.nanoseconds == 21)
    #expect(time.take(until: RawInstant(nanoseconds: 21)) == 2 && time.isEmpty)
  }
}
