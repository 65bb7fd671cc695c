// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct BannedRIDsTests {
  private let start = RawInstant(nanoseconds: 3)

  @Test func aBanEnds() {
    var banned = BannedRIDs()
    #expect(banned.contains(500, now: start) == false)
    banned.ban(500, now: start)
    #expect(banned.contains(500, now: start + BannedRIDs.duration - TimeInterval(nanoseconds: 1)) == true)
    #expect(banned.contains(501, now: start) == false)
    #expect(banned.contains(500, now: start + BannedRIDs.duration) == false)
  }

  @Test func theOldestMakesRoom() {
    var banned = BannedRIDs()
    for rid in 1...UInt32(BannedRIDs.capacity + 1) { banned.ban(rid, now: start) }
    #expect(banned.contains(1, now: start) == false)
    #expect((2...UInt32(BannedRIDs.capacity + 1)).allSatisfy { banned.contains($0, now: start) })
  }
}
