// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Numerics

@Suite struct ErrorFunctionTests {
  @Test(arguments: [(-7.0, 7.0), (0.49, 0.51), (5.9, 6.1), (7.0, 26.0), (20.0, 26.5), (-1.0, 1.0), (7.1, 7.3)])
  func complementWithinFourUnitsOrEightDecimals(_ range: (Double, Double)) {
    let found = worst(
      of: points(20_000, from: range.0, to: range.1, seed: 6),
      { value, truth in min(unitsInLastPlace(value, truth) / 4, relativeError(value, truth) / 1e-15) },
      complementaryErrorFunction, { erfcl($0) })
    #expect(found.error <= 1, "at \(found.at)")
  }

  @Test func limits() {
    #expect(complementaryErrorFunction(0) == 1)
    #expect(complementaryErrorFunction(.infinity) == 0)
    #expect(complementaryErrorFunction(-.infinity) == 2)
    #expect(complementaryErrorFunction(.nan).isNaN)
    #expect(complementaryErrorFunction(28) == 0)
  }

  @Test func subnormalTailKeepsItsAbsolutePrecision() {
    for x in points(2_000, from: 26.5, to: 28, seed: 7) {
      let error = abs(complementaryErrorFunction(x) - Double(erfcl(Reference(x))))
      #expect(error <= 8 * Double.leastNonzeroMagnitude || error <= 4 * complementaryErrorFunction(x).ulp)
    }
  }
}
