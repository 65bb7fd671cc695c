// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport

/// The reference: libm in the widest type of the machine. On x86 that is 64 bits of significand, so its own error is nothing
/// against a unit in the last place of a double.
#if arch(x86_64)
  typealias Reference = Float80
#else
  typealias Reference = Double
#endif

/// The distance of `value` from `truth` in units in the last place of the double nearest to the truth.
func unitsInLastPlace(_ value: Double, _ truth: Reference) -> Double {
  let nearest = Double(truth)
  if value == nearest { return 0 }
  guard value.isFinite, nearest.isFinite else { return .infinity }
  return abs(Double((Reference(value) - truth) / Reference(nearest.ulp)))
}

/// The relative distance; 0 where both are equal.
func relativeError(_ value: Double, _ truth: Reference) -> Double {
  if Reference(value) == truth { return 0 }
  return abs(Double((Reference(value) - truth) / truth))
}

/// The largest error of `function` against `reference` over `points`, and where.
func worst(
  of points: [Double], _ error: (Double, Reference) -> Double, _ function: (Double) -> Double,
  _ reference: (Reference) -> Reference
) -> (error: Double, at: Double) {
  var result = (error: 0.0, at: 0.0)
  for point in points {
    let found = error(function(point), reference(Reference(point)))
    if !(found <= result.error) { result = (found, point) }
  }
  return result
}

/// Seeded points between two bounds, with the bounds and their neighbours.
func points(_ count: Int, from low: Double, to high: Double, seed: UInt64) -> [Double] {
  var generator = SeededGenerator(seed: seed)
  var points = [low, low.nextUp, high.nextDown, high]
  for _ in 0..<count { points.append(low + (high - low) * generator.uniform()) }
  return points
}
