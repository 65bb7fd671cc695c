// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Runtime

@Suite struct TooBigLimiterTests {
  private let a = SourceID(rawValue: 1)
  private let b = SourceID(rawValue: 2)

  private func at(_ seconds: Int64) -> RawInstant { RawInstant(nanoseconds: seconds * 1_000_000_000) }

  @Test func theFirstThenOneAMinuteWithTheRestCounted() {
    var limiter = TooBigLimiter()
    #expect(limiter.admit(a, now: at(100)) == 0)
    #expect(limiter.admit(b, now: at(101)) == 0)
    for second: Int64 in 101..<160 { #expect(limiter.admit(a, now: at(second)) == nil) }
    #expect(limiter.admit(a, now: at(160)) == 59)
    #expect(limiter.admit(a, now: at(161)) == nil)
    #expect(limiter.admit(b, now: at(161)) == 0)
    #expect(limiter.admit(a, now: at(220)) == 1)
  }

  @Test func whatIsRememberedHasABound() {
    var limiter = TooBigLimiter()
    for number in 0...UInt32(TooBigLimiter.capacity) {
      #expect(limiter.admit(SourceID(rawValue: number), now: at(0)) == 0)
    }
    #expect(limiter.admit(SourceID(rawValue: 0), now: at(0)) == 0)
  }
}
