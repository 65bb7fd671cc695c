// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Numerics

@Suite struct NormalTailTests {
  static let rootOfTwo = sqrtl(2)

  @Test(arguments: [(-37.0, 9.0), (-1.1, -0.4), (-0.01, 0.01), (8.9, 9.1)])
  func isLogarithmAndInverseMillsRatio(_ range: (Double, Double)) {
    let log = worst(
      of: points(5000, from: range.0, to: range.1, seed: 51), { abs($0 - Double($1)) / max(1, abs(Double($1))) },
      { normalTail($0).logIntegral }, { logl(erfcl(-$0 / Self.rootOfTwo) / 2) })
    #expect(log.error <= 4e-15, "at \(log.at)")
    let ratio = worst(
      of: points(5000, from: range.0, to: range.1, seed: 52), relativeError, { normalTail($0).ratio },
      { expl(-$0 * $0 / 2) / sqrtl(2 * Reference.pi) / (erfcl(-$0 / Self.rootOfTwo) / 2) })
    #expect(ratio.error <= 4e-15, "at \(ratio.at)")
  }

  /// Far below, the ratio is all but −z (Abramowitz and Stegun 26.2.12); far above, there is nothing left to cut off.
  @Test(arguments: [1e3, 1e8, 1e30, 1e100])
  func farTails(_ z: Double) {
    let below = normalTail(-z)
    #expect(below.logIntegral.isFinite)
    #expect(abs(below.ratio / z - 1) <= 2 / (z * z) + 1e-15)
    #expect(normalTail(z).logIntegral == 0)
    #expect(normalTail(z).ratio == 0)
  }
}
