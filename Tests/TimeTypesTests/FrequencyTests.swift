// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@Suite struct FrequencyTests {
  @Test func unitsAgree() {
    #expect(abs(Frequency.partsPerMillion(40).ratio - 40e-6) < 1e-19)
    #expect(abs(Frequency.partsPerMillion(40).partsPerBillion - 40_000) < 1e-9)
    #expect(abs(Frequency.partsPerBillion(-250).partsPerMillion + 0.25) < 1e-12)
    #expect(Frequency(ratio: 3) - Frequency(ratio: 1) == Frequency(ratio: 2))
    #expect(Frequency(ratio: 3) + -Frequency(ratio: 1) == Frequency(ratio: 2))
    #expect(Frequency.zero < .partsPerBillion(1) && -Frequency.partsPerBillion(1) < .zero)
  }

  @Test(arguments: [(-600.0, -500.0), (-500, -500), (0, 0), (499, 499), (501, 500)])
  func clampsToBothSides(_ asked: Double, _ got: Double) {
    #expect(Frequency.partsPerMillion(asked).clamped(to: .partsPerMillion(500)) == .partsPerMillion(got))
  }

  @Test func eraGoesUpAndWraps() {
    #expect(ClockEra(rawValue: 4).next.rawValue == 5)
    #expect(ClockEra(rawValue: .max).next.rawValue == 0)
  }
}
