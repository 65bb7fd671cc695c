// SPDX-License-Identifier: Apache-2.0

import Numerics
import Testing

@Suite struct SipHashTests {
  /// What CPython 3.11, whose hash of bytes is SipHash-1-3, says under PYTHONHASHSEED=0 of the word's eight bytes.
  @Test(arguments: [
    (UInt64(0), UInt64(0xbd60_acb6_58c7_9e45)), (1, 0x1e9f_7341_61d6_2dd9),
    (0x0102_0304_0506_0708, 0x69b5_36ee_4108_fb12), (.max, 0x2f20_5be2_fec8_e38d),
  ])
  func knownValues(word: UInt64, expected: UInt64) {
    #expect(SipHash(0, 0)(word) == expected)
  }

  @Test func theKeyDecides() {
    #expect(SipHash(1, 0)(7) != SipHash(0, 0)(7))
    #expect(SipHash(0, 1)(7) != SipHash(0, 0)(7))
  }
}
