// SPDX-License-Identifier: Apache-2.0

import Glibc

extension SeededGenerator {
  /// Uniform on the open interval (0, 1): never 0, never 1.
  public mutating func uniform() -> Double {
    (Double(next() >> 11) + 0.5) * 0x1p-53
  }

  /// Normal, by the Box-Muller transform; two draws of the generator each.
  public mutating func gaussian(mean: Double = 0, standardDeviation: Double = 1) -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return mean + standardDeviation * radius * cos(2 * .pi * uniform())
  }

  /// Exponential with that mean: the queueing delays of a network path.
  public mutating func exponential(mean: Double = 1) -> Double {
    -mean * log(uniform())
  }

  /// That many random bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// A double of random sign, exponent and significand: any finite one, subnormals and zeros included.
  public mutating func finiteDouble() -> Double {
    while true {
      let value = Double(bitPattern: next())
      if value.isFinite { return value }
    }
  }
}
