// SPDX-License-Identifier: Apache-2.0

/// The natural logarithm of `x`, within 2 units in the last place of the true value.
///
/// Zero gives −∞, negative numbers not-a-number. Method: x = 2ᵏ (1 + f) with 1 + f between √½ and √2, and with s = f / (2 + f) the
/// series ln(1 + f) = 2 (s + s³/3 + s⁵/5 + …) (M. Abramowitz and I. Stegun, 4.1.27), arranged as f − f²/2 + s (f²/2 + R) so that
/// the rounding of s touches only small terms; R = 2 (s²/3 + s⁴/5 + …) to s²⁴.
@_noLocks @_noAllocation
package func naturalLogarithm(_ x: Double) -> Double {
  guard x == x else { return x }
  guard x > 0 else { return x == 0 ? -.infinity : .nan }
  guard x < .infinity else { return x }
  let subnormal = x < 0x1p-1022
  let bits = (subnormal ? x * 0x1p54 : x).bitPattern
  var k = Int64(truncatingIfNeeded: bits &>> 52) &- 1023 &- (subnormal ? 54 : 0)
  var mantissa = Double(bitPattern: (bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000)
  if mantissa > 0x1.6a09e667f3bcdp+0 {
    mantissa = mantissa * 0.5
    k = k &+ 1
  }
  let f = mantissa - 1
  let s = f / (2 + f)
  let z = s * s
  var rest = 2.0 / 25
  rest = rest * z + 2.0 / 23
  rest = rest * z + 2.0 / 21
  rest = rest * z + 2.0 / 19
  rest = rest * z + 2.0 / 17
  rest = rest * z + 2.0 / 15
  rest = rest * z + 2.0 / 13
  rest = rest * z + 2.0 / 11
  rest = rest * z + 2.0 / 9
  rest = rest * z + 2.0 / 7
  rest = rest * z + 2.0 / 5
  rest = rest * z + 2.0 / 3
  rest = rest * z
  let half = 0.5 * f * f
  let exponent = Double(k)
  let small = half - (s * (half + rest) + exponent * 0x1.3de6af278ece6p-42)
  return exponent * 0x1.62e42fefa3000p-1 - (small - f)
}
