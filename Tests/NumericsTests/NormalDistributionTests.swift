// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Numerics

@Suite struct NormalDistributionTests {
  static let rootOfTwo = sqrtl(2)
  static let logOfRootOfTwoPi = logl(2 * Reference.pi) / 2

  @Test func density() {
    let found = worst(
      of: points(20_000, from: -37, to: 37, seed: 8), relativeError, normalDensity,
      { expl(-$0 * $0 / 2 - Self.logOfRootOfTwoPi) })
    #expect(found.error <= 1e-15, "at \(found.at)")
  }

  @Test(arguments: [(-37.0, 9.0), (-1.1, -0.9), (-0.01, 0.01), (-9.0, -8.0), (8.9, 9.1)])
  func integral(_ range: (Double, Double)) {
    let found = worst(
      of: points(20_000, from: range.0, to: range.1, seed: 9), relativeError, normalIntegral,
      { erfcl(-$0 / Self.rootOfTwo) / 2 })
    #expect(found.error <= 2e-15, "at \(found.at)")
  }

  @Test func limits() {
    #expect(normalIntegral(0) == 0.5)
    #expect(normalIntegral(-.infinity) == 0)
    #expect(normalIntegral(.infinity) == 1)
    #expect(normalIntegral(.nan).isNaN)
    #expect(normalDensity(.infinity) == 0)
    #expect(normalDensity(.nan).isNaN)
    #expect(logNormalDensity(1e100) == -0.5e200)
    #expect(abs(logNormalDensity(1.25) - Double(logl(expl(-1.25 * 1.25 / 2) / sqrtl(2 * Reference.pi)))) < 1e-15)
  }
}
