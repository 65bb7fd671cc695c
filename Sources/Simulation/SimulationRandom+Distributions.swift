// SPDX-License-Identifier: Apache-2.0

import Numerics

extension SimulationRandom {
  /// Gamma with scale 1, by Marsaglia and Tsang (A simple method for generating gamma variables, ACM TOMS 26, 2000). A shape that
  /// is not positive gives 0.
  public mutating func gamma(shape: Double) -> Double {
    guard shape > 0 else { return 0 }
    if shape < 1 {
      // Their note on small shapes: G(a) = G(a + 1) · U^(1/a).
      let whole = gamma(shape: shape + 1)
      return whole * Numerics.exponential(Numerics.naturalLogarithm(1 - uniform()) / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let z = gaussian()
      let root = 1 + c * z
      guard root > 0 else { continue }
      let cube = root * root * root
      let logarithm = Numerics.naturalLogarithm(1 - uniform())
      if logarithm < z * z / 2 + d - d * cube + d * Numerics.naturalLogarithm(cube) { return d * cube }
    }
  }

  /// Log-normal with median 1.
  public mutating func logNormal(sigma: Double) -> Double { Numerics.exponential(sigma * gaussian()) }
}
