// SPDX-License-Identifier: Apache-2.0

/// The density of the standard normal distribution at `z`, within a relative error of 1e−15 where it is a normal number.
@_noLocks @_noAllocation
package func normalDensity(_ z: Double) -> Double {
  guard z == z else { return z }
  guard z > -40, z < 40 else { return 0 }
  return 0x1.9884533d43651p-2 * exponentialOfSquare(z, scale: 0.5)
}

/// The standard normal distribution's integral from −∞ to `z`, within a relative error of 2e−15 where it is a normal number
/// (z > −37.5): the lower tail keeps its precision, so ask for `normalIntegral(-z)` instead of `1 - normalIntegral(z)`.
@_noLocks @_noAllocation
package func normalIntegral(_ z: Double) -> Double {
  guard z == z else { return z }
  if z > 0 { return z > 9 ? 1 : 1 - normalIntegral(-z) }
  // With z² from z itself: the rounding of z / √2 would cost z² units in the tail.
  if z > -1 { return 0.5 * complementaryErrorFunction(-z * 0x1.6a09e667f3bcdp-1) }
  guard z > -40 else { return 0 }
  return 0.5 * scaledComplementaryErrorFunction(-z * 0x1.6a09e667f3bcdp-1) * exponentialOfSquare(z, scale: 0.5)
}

/// The logarithm of the density: a parabola, exact far beyond where the density itself is zero.
@_noLocks @_noAllocation
package func logNormalDensity(_ z: Double) -> Double {
  -0.5 * z * z - 0x1.d67f1c864beb5p-1
}
