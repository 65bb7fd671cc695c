// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import NTPServer

@Suite struct SigningDelayTests {
  @Test func theLongestIsKeptAndFades() {
    let delay = SigningDelay()
    #expect(delay.current == .zero && SigningDelay(expected: .milliseconds(5)).current == .milliseconds(5))
    delay.note(.microseconds(640))
    delay.note(.microseconds(1))
    #expect(delay.current == .microseconds(630), "a sixty-fourth less")
    delay.note(.milliseconds(2))
    #expect(delay.current == .milliseconds(2))
    for _ in 0..<2000 { delay.note(.microseconds(5)) }
    #expect(delay.current == .microseconds(5))
  }
}
