// SPDX-License-Identifier: Apache-2.0

/// What a normal distribution looks like below a point: the logarithm of its integral up to `z`, and density over integral (the
/// inverse Mills ratio), which gives the moments of the truncated distribution. Both are finite in both tails.
@_noLocks @_noAllocation
package func normalTail(_ z: Double) -> (logIntegral: Double, ratio: Double) {
  guard z < 0 else {
    let integral = z > 9 ? 1 : 1 - 0.5 * complementaryErrorFunction(z * 0x1.6a09e667f3bcdp-1)
    return (naturalLogarithm(integral), normalDensity(z) / integral)
  }
  let scaled = scaledTail(-z)
  return (-0.5 * z * z + naturalLogarithm(0.5 * scaled), 0x1.9884533d43651p-1 / scaled)
}

/// erfc(x/√2) · e^(x²/2) for x ≥ 0.
@_noLocks @_noAllocation
private func scaledTail(_ x: Double) -> Double {
  let argument = x * 0x1.6a09e667f3bcdp-1
  if argument < 0.5 { return complementaryErrorFunction(argument) * exponential(argument * argument) }
  return scaledComplementaryErrorFunction(argument)
}
