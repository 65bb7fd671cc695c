// SPDX-License-Identifier: Apache-2.0

/// e to the power `x`, within 2 units in the last place of the true value, subnormal results included.
///
/// Above 709.78… the result is infinite, below −745.13… zero; not-a-number stays what it is. Method: x = k ln 2 + r with
/// |r| ≤ ln 2 / 2, ln 2 in two parts of which k times the first is exact (W. J. Cody and W. Waite, Software Manual for the
/// Elementary Functions, 1980, chapter 6), then the Taylor series of e to the r to degree 14: its rest is under 2⁻⁶⁰.
/// Only additions, multiplications and divisions: the same bits on every machine.
@_noLocks @_noAllocation
package func exponential(_ x: Double) -> Double {
  guard x == x else { return x }
  guard x < 709.8 else { return .infinity }
  guard x > -745.2 else { return 0 }
  let k = Int64(x * 0x1.71547652b82fep+0 + (x < 0 ? -0.5 : 0.5))
  let high = x - Double(k) * 0x1.62e42fefa3000p-1
  let low = Double(k) * 0x1.3de6af278ece6p-42
  let r = high - low
  var sum = 1.0 / 87_178_291_200
  sum = sum * r + 1.0 / 6_227_020_800
  sum = sum * r + 1.0 / 479_001_600
  sum = sum * r + 1.0 / 39_916_800
  sum = sum * r + 1.0 / 3_628_800
  sum = sum * r + 1.0 / 362_880
  sum = sum * r + 1.0 / 40_320
  sum = sum * r + 1.0 / 5_040
  sum = sum * r + 1.0 / 720
  sum = sum * r + 1.0 / 120
  sum = sum * r + 1.0 / 24
  sum = sum * r + 1.0 / 6
  sum = sum * r + 0.5
  // r's own rounding error is the largest: high − (low − r² sum) brings it back.
  let value = 1 + (high - (low - r * r * sum))
  // 2ᵏ in two factors where it is not a normal number; the first product is exact.
  if k > 1023 { return value * 0x1p1023 * 2 }
  if k < -1021 { return value * powerOfTwo(k &+ 54) * 0x1p-54 }
  return value * powerOfTwo(k)
}

/// 2 to the power `k`, −1022 ≤ k ≤ 1023.
@_noLocks @_noAllocation
func powerOfTwo(_ k: Int64) -> Double {
  Double(bitPattern: UInt64(truncatingIfNeeded: k &+ 1023) &<< 52)
}
