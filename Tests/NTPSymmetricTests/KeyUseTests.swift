// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NTPSymmetric

@Suite struct KeyUseTests {
  private func text(_ use: inout KeyUse) -> String { String(decoding: use.value(), as: UTF8.self) }

  @Test func thereAndBack() {
    var use = KeyUse()
    use.used(7, at: 1_800_000_000)
    use.used(3, at: 5)
    use.used(7, at: 1_800_000_060)
    #expect(use.isFresh)
    #expect(text(&use) == "3 5\n7 1800000060\n")
    #expect(!use.isFresh)
    #expect(KeyUse(use.value()).seconds == [3: 5, 7: 1_800_000_060])
  }

  @Test func forgottenKeysGo() {
    var use = KeyUse(Array("3 5\n7 6\n".utf8))
    use.keep([7, 9])
    #expect(use.isFresh && use.seconds == [7: 6])
    _ = use.value()
    use.keep([7])
    #expect(!use.isFresh)
  }

  @Test(arguments: [
    "", "\n\n", "7", "7 x\n", "-1 5\n", "0 5\n", "7 -5\n", "99999999999 5\n", "7 5 6\n", "\u{0}\u{ff}",
    "7 99999999999999999999\n",
  ])
  func whatIsNoLineIsPassedOver(file: String) {
    #expect(KeyUse(Array((file + "\n8 9\n").utf8)).seconds == [8: 9])
  }

  @Test func itFitsIntoTheStore() {
    var use = KeyUse()
    for id in UInt32(1)...10_000 { use.used(id, at: 1_800_000_000 + Int64(id)) }
    let value = use.value()
    #expect(value.count <= KeyUse.lengthLimit && value.count > KeyUse.lengthLimit - 20)
    let kept = KeyUse(value).seconds
    #expect(kept[10_000] != nil && kept[1] == nil, "those used longest ago are left out")
  }
}
