// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import TestSupport
import Testing

@Suite("When keys were used")
struct KeyUseTests {
  @Test("text and back; what is no line is passed over, the later moment counts")
  func reading() {
    var use = KeyUse(last: [7: 100, 1: 200, 4_294_967_295: 0])
    let text = use.takeText()
    #expect(String(decoding: text, as: UTF8.self) == "1 200\n7 100\n4294967295 0\n" && KeyUse(reading: text) == use)
    let broken = "7 100\n7 300\nx 1\n7\n8 -1\n9 1 1\n0 5\n\0\n4294967296 5\n7 99\n\n10 99999999999999999999\n"
    #expect(KeyUse(reading: Array(broken.utf8)) == KeyUse(last: [7: 300]))
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<2000 { _ = KeyUse(reading: generator.bytes(200)) }
  }

  @Test("what was used, and keys that are gone, are stored once")
  func storing() {
    var use = KeyUse(reading: Array("3 5\n7 6\n".utf8))
    #expect(!use.isFresh)
    use.keep([3, 7, 9])
    #expect(!use.isFresh)
    use.keep([7, 9])
    #expect(use.isFresh && use.last == [7: 6])
    _ = use.takeText()
    use.used(9, at: 1_800_000_000)
    use.used(7, at: -1)
    #expect(use.isFresh && use.last == [7: 0, 9: 1_800_000_000])
    #expect(KeyUse(reading: use.takeText()).last == use.last && !use.isFresh)
  }

  @Test("it fits into the store: those used longest ago are left out")
  func limit() {
    var use = KeyUse()
    for id in UInt32(1)...10_000 { use.used(id, at: 1_800_000_000 + Int64(id)) }
    let text = use.takeText()
    #expect(text.count <= KeyUse.lengthLimit && text.count > KeyUse.lengthLimit - 20)
    let kept = KeyUse(reading: text).last
    #expect(kept[10_000] != nil && kept[1] == nil)
  }

  @Test("a key is unused if nothing is recorded in the last days")
  func unused() {
    let keys = [1, 2, 3].map { SymmetricKey(id: $0, algorithm: .sha256, secret: []) }
    let use = KeyUse(last: [1: 1_000_000, 2: 1_000_000 - 14 * 86_400, 9: 0])
    #expect(use.unused(keys, days: 14, now: 1_000_000).map(\.key.id) == [3])
    #expect(use.unused(keys, days: 13, now: 1_000_000).map(\.key.id) == [2, 3])
    #expect(use.unused(keys, days: .max, now: 1_000_000).map(\.key.id) == [3])
  }
}
