// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct EventGateTests {
  @Test func oneInAWhileWithTheCountOfTheRest() {
    var gate = EventGate(every: .seconds(60))
    let start = RawInstant(nanoseconds: 0)
    #expect(gate.pass(start) == 1)
    for second in 1..<60 as Range<Int64> { #expect(gate.pass(start + .seconds(second)) == nil) }
    #expect(gate.pass(start + .seconds(60)) == 60)
    #expect(gate.pass(start + .seconds(61)) == nil)
  }
}
