// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TestSupport
import Testing
import TimeTypes

struct NTPShortTests {
  @Test
  func knownValues() {
    #expect(NTPShort(rawValue: 1 << 16).interval == .seconds(1))
    #expect(NTPShort(rawValue: 1 << 15).interval == .milliseconds(500))
    // 2⁻¹⁶ s = 15258.789 ns.
    #expect(NTPShort(rawValue: 1).interval.nanoseconds == 15_258)
    #expect(NTPShort(.milliseconds(250)).rawValue == 1 << 14)
    #expect(NTPShort(.seconds(1)).rawValue == 1 << 16)
  }

  @Test
  func everyValueComesBack() {
    var random = SeededGenerator(seed: 31)
    let edges: [UInt32] = [0, 1, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, .max - 1, .max]
    for raw in edges + (0..<20_000).map({ _ in UInt32.random(in: 0...(.max), using: &random) }) {
      let short = NTPShort(rawValue: raw)
      #expect(NTPShort(short.interval) == short)
    }
  }

  @Test
  func itRoundsUpAndByLessThanAUnit() {
    var random = SeededGenerator(seed: 32)
    for _ in 0..<20_000 {
      let interval = TimeInterval(
        nanoseconds: Int64.random(in: 0..<65_535_000_000_000, using: &random),
        subnanoseconds: UInt16.random(in: 0...(.max), using: &random))
      let excess = NTPShort(interval).interval - interval
      #expect(excess >= .zero && excess < TimeInterval(nanoseconds: 15_259))
    }
    #expect(NTPShort(TimeInterval(nanoseconds: 0, subnanoseconds: 1)).rawValue == 1)
  }

  @Test
  func itSaturates() {
    for interval in [TimeInterval.min, TimeInterval(nanoseconds: -1), .seconds(-1), .zero] {
      #expect(NTPShort(interval) == .zero)
    }
    for interval in [TimeInterval.max, .seconds(65536), TimeInterval(nanoseconds: 65_535_999_999_999)] {
      #expect(NTPShort(interval).rawValue == .max)
    }
  }
}
