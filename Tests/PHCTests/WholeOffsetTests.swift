// SPDX-License-Identifier: Apache-2.0

import PHC
import ProviderKit
import Testing
import TimeTypes

@Suite struct WholeOffsetTests {
  let era = ClockEra(rawValue: 2)

  func take(
    _ offset: inout WholeOffset, _ milliseconds: Int64, bound: Int64 = 1, synchronized: Bool = true, era: UInt32 = 2
  ) -> WholeOffset.Verdict {
    let raw = RawInstant(nanoseconds: 7)
    let stamp = Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: era), time: .seconds(1000) + .milliseconds(milliseconds),
      raw: raw)
    let followed = FollowedTime(
      isSynchronized: synchronized, era: self.era, raw: raw, bound: .milliseconds(bound))
    return offset.take(shown: .seconds(1000), stamp, followed)
  }

  @Test func itIsKeptUntilFourAskForAnother() {
    var offset = WholeOffset()
    #expect(take(&offset, -37_040) == .seconds(-37))
    #expect(take(&offset, -36_000) == .seconds(-37) && take(&offset, -36_000) == .seconds(-37))
    #expect(take(&offset, -37_000) == .seconds(-37))
    for _ in 0..<3 { #expect(take(&offset, -38_000) == .seconds(-37)) }
    #expect(take(&offset, -38_000) == .seconds(-38))
    // What is not whole, or told by a clock that was just stepped, changes nothing.
    for _ in 0..<9 { #expect(take(&offset, -38_500) == .seconds(-38)) }
    for _ in 0..<9 { #expect(take(&offset, -35_000, era: 3) == .seconds(-38)) }
    for _ in 0..<9 { #expect(take(&offset, -35_000, synchronized: false) == .seconds(-38)) }
  }

  @Test func itIsNeverGuessed() {
    var offset = WholeOffset()
    #expect(take(&offset, -37_101) == .notWhole(.milliseconds(-101)))
    #expect(take(&offset, -37_000, bound: 401) == .unlocked(.uncertain(.milliseconds(401))))
    #expect(take(&offset, -37_000, synchronized: false) == .unlocked(.unsynchronized))
    #expect(take(&offset, -37_000, era: 1) == .unlocked(.stepped))
    #expect(take(&offset, 90, bound: 399) == .seconds(0))
  }
}
