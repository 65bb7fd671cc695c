// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Numerics

@Suite struct NaturalLogarithmTests {
  @Test func withinTwoUnitsEverywhere() {
    var generator = SeededGenerator(seed: 2)
    let everywhere = (0..<50_000).map { _ in abs(generator.finiteDouble()) }.filter { $0 > 0 }
    let found = worst(of: everywhere, unitsInLastPlace, naturalLogarithm, { logl($0) })
    #expect(found.error <= 2, "at \(found.at)")
  }

  @Test(arguments: [(0.5, 2.0), (0.99, 1.01), (0.999999, 1.000001), (0.7071, 0.70711), (1.4142, 1.41422), (1.0, 100.0)])
  func withinTwoUnits(_ range: (Double, Double)) {
    let found = worst(
      of: points(20_000, from: range.0, to: range.1, seed: 3), unitsInLastPlace, naturalLogarithm, { logl($0) })
    #expect(found.error <= 2, "at \(found.at)")
  }

  @Test func limits() {
    #expect(naturalLogarithm(1) == 0)
    #expect(naturalLogarithm(0) == -.infinity)
    #expect(naturalLogarithm(-0.0) == -.infinity)
    #expect(naturalLogarithm(-1).isNaN)
    #expect(naturalLogarithm(.nan).isNaN)
    #expect(naturalLogarithm(.infinity) == .infinity)
    #expect(
      unitsInLastPlace(naturalLogarithm(.leastNonzeroMagnitude), logl(Reference(Double.leastNonzeroMagnitude))) <= 2)
    #expect(
      unitsInLastPlace(naturalLogarithm(.greatestFiniteMagnitude), logl(Reference(Double.greatestFiniteMagnitude))) <= 2
    )
  }
}
