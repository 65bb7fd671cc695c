// SPDX-License-Identifier: Apache-2.0

// Method. Near zero the Maclaurin series of erf (Abramowitz and Stegun 7.1.5). Elsewhere the integral
//     erfc(x) = (x / pi) exp(-x^2) * integral of exp(-t^2) / (t^2 + x^2) over all t
// by the trapezoidal rule with step h, whose error falls like exp(-(pi/h)^2), and the residue of the pole at t = ix where the
// line of integration passes it (F. Matta and A. Reichel, Mathematics of Computation 25, 1971, 339-344; D. Hunter and T. Regan,
// ibid. 26, 1972). With h = 7/16 the rule's error is 4e-23, n^2 h^2 is exact, and 15 terms are enough.

/// 1 − erf(x), within 4 units in the last place or a relative error of 1e−15, whichever is more, wherever the result is a normal
/// number (x < 26.5); below that it keeps the subnormal numbers' absolute precision and ends in zero.
@_noLocks @_noAllocation
package func complementaryErrorFunction(_ x: Double) -> Double {
  guard x == x else { return x }
  if x < 0.5 { return x < -6 ? 2 : (x < -0.5 ? 2 - complementaryErrorFunction(-x) : 1 - errorSeries(x)) }
  if x > 28 { return 0 }
  let tail = exponentialOfSquare(x, scale: 1) * trapezoidalSum(x)
  return x < 6 ? tail - poleResidue(x) : tail
}

/// erfc(x) · e^(x²) for x ≥ ½: what is left of the tail without its exponential.
@_noLocks @_noAllocation
func scaledComplementaryErrorFunction(_ x: Double) -> Double {
  x < 6 ? trapezoidalSum(x) - poleResidue(x) * exponential(x * x) : trapezoidalSum(x)
}

/// e^(−scale · x²), with the rounding error of x² made good; `scale` is a power of two.
@_noLocks @_noAllocation
func exponentialOfSquare(_ x: Double, scale: Double) -> Double {
  // The upper half of x has at most 26 bits: its square is exact.
  let high = Double(bitPattern: x.bitPattern & ~0x07FF_FFFF)
  let rest = (x - high) * (x + high)
  return exponential(-scale * high * high) * exponential(-scale * rest)
}

/// erf by its series, |x| < 1: 24 terms leave less than 2⁻⁶⁰ of it.
@_noLocks @_noAllocation
private func errorSeries(_ x: Double) -> Double {
  let square = x * x
  var term = x
  var sum = 0.0
  var n = 1.0
  while n < 25 {
    term = term * (-square / n)
    sum = sum + term / (2 * n + 1)
    n = n + 1
  }
  return 0x1.20dd750429b6dp+0 * (x + sum)
}

/// 2 / (e^(2 pi x / h) − 1).
@_noLocks @_noAllocation
private func poleResidue(_ x: Double) -> Double {
  2 / (exponential(0x1.cb91f3bbba140p+3 * x) - 1)
}

/// (h / pi) (1 / x + x · sum of 2 e^(−n²h²) / (n²h² + x²)), for x > 0, smallest terms first.
@_noLocks @_noAllocation
private func trapezoidalSum(_ x: Double) -> Double {
  let square = x * x
  var sum = 0x1.d3556d8de0983p-62 / (square + 43.06640625)
  sum = sum + 0x1.d5f5bc1c24081p-54 / (square + 37.515625)
  sum = sum + 0x1.42492928e267cp-46 / (square + 32.34765625)
  sum = sum + 0x1.2d7026e60ab5ep-39 / (square + 27.5625)
  sum = sum + 0x1.808806e465fddp-33 / (square + 23.16015625)
  sum = sum + 0x1.4e8322cdbc100p-27 / (square + 19.140625)
  sum = sum + 0x1.8ce38dc5ae5ddp-22 / (square + 15.50390625)
  sum = sum + 0x1.411fb0da07713p-17 / (square + 12.25)
  sum = sum + 0x1.625dd3bbe4b61p-13 / (square + 9.37890625)
  sum = sum + 0x1.0aac5c46eedb6p-9 / (square + 6.890625)
  sum = sum + 0x1.11b4852eaa984p-6 / (square + 4.78515625)
  sum = sum + 0x1.7f251ab1af77bp-4 / (square + 3.0625)
  sum = sum + 0x1.6dc1305420a79p-2 / (square + 1.72265625)
  sum = sum + 0x1.dc3448110daaep-1 / (square + 0.765625)
  sum = sum + 0x1.a6cede9f70468p+0 / (square + 0.19140625)
  return 0x1.1d34a60108f72p-3 * (1 / x + x * sum)
}
