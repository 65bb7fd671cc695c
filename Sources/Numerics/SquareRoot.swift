// SPDX-License-Identifier: Apache-2.0

/// The square root of `x`, within one unit in the last place; zero for negative numbers and not-a-number.
///
/// The standard library's goes through a C function, which `@_noLocks` code may not call. Newton's method from an estimate
/// made of the halved exponent, so that the same bits come out on every machine.
@_noAllocation @_noLocks
package func squareRoot(_ x: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < .infinity else { return x }
  // Subnormal numbers have no exponent to halve: scale by 2¹⁰⁶, and the root back by 2⁻⁵³.
  if x < 0x1p-1000 { return squareRoot(x * 0x1p106) * 0x1p-53 }
  var root = Double(bitPattern: (x.bitPattern >> 1) &+ (0x1FF8 << 48))
  // The first estimate is within 6 %; each round squares that error.
  root = 0.5 * (root + x / root)
  root = 0.5 * (root + x / root)
  root = 0.5 * (root + x / root)
  root = 0.5 * (root + x / root)
  root = 0.5 * (root + x / root)
  return root
}
