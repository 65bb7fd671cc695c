// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Numerics

@Suite struct ExponentialTests {
  @Test(arguments: [(-745.1, 709.7), (-1.0, 1.0), (-1e-8, 1e-8), (-745.1, -708.0), (709.0, 709.78)])
  func withinTwoUnits(_ range: (Double, Double)) {
    let found = worst(
      of: points(20_000, from: range.0, to: range.1, seed: 1), unitsInLastPlace, exponential, { expl($0) })
    #expect(found.error <= 2, "at \(found.at)")
  }

  @Test func multiplesOfLogTwo() {
    var edges: [Double] = []
    for k in -1074...1023 {
      let edge = Double(k) * 0.693147180559945309
      edges += [edge, edge.nextUp, edge.nextDown, edge + 0.34657359027997264, edge + 0.3465735902799727]
    }
    let found = worst(of: edges, unitsInLastPlace, exponential, { expl($0) })
    #expect(found.error <= 2, "at \(found.at)")
  }

  @Test func limits() {
    #expect(exponential(0) == 1)
    #expect(exponential(-0.0) == 1)
    #expect(exponential(.infinity) == .infinity)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(.nan).isNaN)
    #expect(exponential(709.78271289338399) == exp(709.78271289338399))
    #expect(exponential(709.79) == .infinity)
    #expect(exponential(-746) == 0)
    #expect(exponential(.greatestFiniteMagnitude) == .infinity)
    #expect(exponential(-.greatestFiniteMagnitude) == 0)
    #expect(exponential(-745.1) == .leastNonzeroMagnitude)
  }
}
