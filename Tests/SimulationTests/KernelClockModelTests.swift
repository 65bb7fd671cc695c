// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct KernelClockModelTests {
  @Test func frequenciesFallOnTheGridOfTimex() {
    let unit = KernelClockModel.resolution
    #expect(KernelClockModel.applied(Frequency(ratio: 10.4 * unit)).ratio == 10 * unit)
    #expect(KernelClockModel.applied(Frequency(ratio: -10.6 * unit)).ratio == -11 * unit)
    // 100 ppm, one tick, is a whole number of units.
    #expect(abs(KernelClockModel.applied(.partsPerMillion(100)).partsPerMillion - 100) < 1e-9)
  }

  @Test func moreThanTenPercentIsTenPercent() {
    #expect(abs(KernelClockModel.applied(Frequency(ratio: 0.3)).ratio - 0.1) < KernelClockModel.resolution)
    #expect(abs(KernelClockModel.applied(Frequency(ratio: -0.3)).ratio + 0.1) < KernelClockModel.resolution)
  }
}
