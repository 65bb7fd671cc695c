// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct TokenTableTests {
  private func instant(_ seconds: Double) -> RawInstant { RawInstant(nanoseconds: Int64(seconds * 1e9)) }

  @Test func aBurstAndThenTheRate() {
    var table = TokenTable(rate: 2, burst: 5, places: 64, key: (1, 2))
    #expect((0..<10).filter { _ in table.take(7, now: instant(100)) }.count == 5)
    #expect(table.take(7, now: instant(100.4)) == false)
    #expect(table.take(7, now: instant(100.5)) == true)
    #expect(table.take(7, now: instant(100.6)) == false)
    #expect(table.take(8, now: instant(100.6)) == true, "another has its own")
    #expect((0..<10).filter { _ in table.take(7, now: instant(1000)) }.count == 5, "full again, and not fuller")
  }

  /// What is forgotten is what has most tokens, so that a flood of others does not refill a bucket.
  @Test func aFloodOfOthersRefillsNobody() {
    var table = TokenTable(rate: 0.01, burst: 4, places: 64, key: (3, 4))
    while table.take(1, now: instant(50)) {}
    for other in 0..<10_000 as Range<UInt64> { _ = table.take(1_000_000 + other, now: instant(50)) }
    #expect(table.take(1, now: instant(50)) == false)
  }

  @Test func itsMemoryIsFixed() {
    #expect(TokenTable(rate: 1, burst: 1, places: 1000, key: (1, 2)).capacity == 1024)
    #expect(TokenTable(rate: 1, burst: 1, places: 0, key: (1, 2)).capacity == 8)
  }

  @Test(arguments: [Int64.min, -1, 0, Int64.max / 2])
  func timesOfAnyKindDoNotTrap(_ now: Int64) {
    var table = TokenTable(rate: 0.0001, burst: 1 << 40, places: 8, key: (1, 2))
    for number in 0..<100 as Range<UInt64> { _ = table.take(number % 3, now: RawInstant(nanoseconds: now)) }
  }
}
