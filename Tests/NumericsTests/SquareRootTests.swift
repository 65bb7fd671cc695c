// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Numerics

@Suite struct SquareRootTests {
  /// Within one unit in the last place of the processor's own, over all exponents.
  @Test func agreesWithTheProcessor() {
    var random = SeededGenerator(seed: 71)
    var wrong: [Double] = []
    for _ in 0..<200_000 {
      let x = Double(bitPattern: random.next() & 0x7FFF_FFFF_FFFF_FFFF)
      guard x.isFinite else { continue }
      let expected = x.squareRoot()
      if (squareRoot(x) - expected).magnitude > expected.ulp { wrong.append(x) }
    }
    #expect(wrong.isEmpty)
  }

  @Test func edges() {
    #expect(squareRoot(0) == 0)
    #expect(squareRoot(-1) == 0)
    #expect(squareRoot(.nan) == 0)
    #expect(squareRoot(.infinity) == .infinity)
    #expect(squareRoot(4) == 2)
    #expect(squareRoot(.leastNonzeroMagnitude) == Double.leastNonzeroMagnitude.squareRoot())
  }
}
