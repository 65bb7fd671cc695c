// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Control

struct RefusalLimiterTests {
  @Test("ten a minute are told, and the others with the next")
  func limit() {
    var limiter = RefusalLimiter()
    var now = RawInstant(nanoseconds: 5_000_000_000)
    let first = (0..<1000).map { _ in limiter.take(at: now) }
    #expect(first.prefix(10).allSatisfy { $0 == 0 } && first.dropFirst(10).allSatisfy { $0 == nil })
    now = now + .seconds(59)
    #expect(limiter.take(at: now) == nil)
    now = now + .seconds(1)
    #expect(limiter.take(at: now) == 991)
    #expect(limiter.take(at: now) == 0)
  }
}
