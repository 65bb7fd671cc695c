// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import NTPServer

@Suite struct SigningDelayTests {
  @Test func theLongestIsKeptAndFades() {
    let delay = SigningDelay()
    #expect(delay.nanoseconds == 0)
    delay.note(.microseconds(640))
    delay.note(.microseconds(1))
    #expect(delay.nanoseconds == 630_000, "a sixty-fourth less")
    delay.note(.milliseconds(2))
    #expect(delay.nanoseconds == 2_000_000)
    for _ in 0..<2000 { delay.note(.microseconds(5)) }
    #expect(delay.nanoseconds == 5_000)
  }
}
