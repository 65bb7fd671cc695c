// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct TimexFrequencyTests {
  @Test func everyFrequencyIsHitWithinHalfAUnitAndInsideTheKernelsLimits() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<10_000 {
      let wanted = Double.random(in: -100_000...100_000, using: &generator)
      let chosen = TimexFrequency(nearest: .partsPerMillion(wanted))
      #expect(abs(chosen.frequency.partsPerMillion - wanted) <= 0.501 / 65536)
      #expect((9000...11000).contains(chosen.tick))
      #expect(abs(chosen.units) <= TimexFrequency.unitLimit)
      if abs(wanted) <= 500 { #expect(chosen.tick == TimexFrequency.nominalTick) }
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func nonsenseIsNominal(ratio: Double) {
    #expect(TimexFrequency(nearest: Frequency(ratio: ratio)) == TimexFrequency(tick: 10000, units: 0))
  }
}
