// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct SweepTableTests {
  private let start = RawInstant(nanoseconds: 77)

  @Test func theFirstFewAreAnsweredAndTheRestIsNot() {
    var table = SweepTable(limit: 3, clients: 64, key: (1, 2))
    #expect(
      (1...6).map { table.note($0, of: 9, now: start) } == [.fresh, .fresh, .fresh, .sweepBegan, .refused, .refused])
    #expect(table.note(2, of: 9, now: start) == .known, "those of before go on")
    #expect(table.note(6, of: 10, now: start) == .fresh, "another client")
  }

  @Test func anHourLaterAllIsForgotten() {
    var table = SweepTable(limit: 1, clients: 64, key: (1, 2))
    #expect(table.note(1, of: 9, now: start) == .fresh)
    #expect(table.note(2, of: 9, now: start + SweepTable.window - TimeInterval(nanoseconds: 1)) == .sweepBegan)
    #expect(table.note(2, of: 9, now: start + SweepTable.window) == .fresh)
    #expect(table.note(1, of: 9, now: start + SweepTable.window) == .sweepBegan)
  }

  @Test func manyClientsFitIntoFixedMemory() {
    var table = SweepTable(limit: 2, clients: 8, key: (1, 2))
    for client in 0..<100_000 as Range<UInt64> {
      #expect(table.note(5, of: client, now: start + TimeInterval(nanoseconds: Int64(client))) == .fresh)
    }
  }
}
