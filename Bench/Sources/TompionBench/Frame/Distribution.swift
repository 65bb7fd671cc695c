// SPDX-License-Identifier: Apache-2.0

/// Durations in nanoseconds in the form of HdrHistogram: three digits that count, from 1 ns to beyond 100 s, in fixed memory.
///
/// Values below 2048 have a count each; above, each doubling has 1024 counts. The layout is that of G. Tene's HdrHistogram with a unit
/// of 1 and three significant digits, written anew: hdrhistogram-swift depends on swift-numerics, whose module `Numerics` has the
/// name of one of ours, and SwiftPM 6.3 applies the alias that would part them in some runs and not in others.
struct Distribution {
  private static let linear: UInt64 = 2048
  private static let half = 1024
  private static let largest: UInt64 = 1 << 37
  private var counts = [UInt64](repeating: 0, count: Distribution.place(of: Distribution.largest) + 1)
  private(set) var count: UInt64 = 0
  private var smallestSeen = UInt64.max
  private var largestSeen: UInt64 = 0

  mutating func record(_ nanoseconds: Int64) {
    let value = UInt64(clamping: nanoseconds)
    counts[Self.place(of: min(value, Self.largest))] += 1
    count += 1
    smallestSeen = min(smallestSeen, value)
    largestSeen = max(largestSeen, value)
  }

  var minimum: Double { count == 0 ? 0 : Double(smallestSeen) }
  var maximum: Double { Double(largestSeen) }

  /// The value that so many percent of all do not exceed, as exact as the form is.
  func quantile(_ percent: Double) -> Double {
    guard count > 0 else { return 0 }
    // A little less, so that what should be a whole number is not rounded beyond it.
    let wanted = max(1, (percent / 100 * Double(count) - 1e-6).rounded(.up))
    var sum: UInt64 = 0
    for (place, here) in counts.enumerated() where here > 0 {
      sum += here
      if Double(sum) >= wanted { return min(Double(Self.highest(in: place)), maximum) }
    }
    return maximum
  }

  /// Points of the curve of quantiles: five to each halving of what is left to 100 %.
  var curve: [(percentile: Double, nanoseconds: Double)] {
    guard count > 0 else { return [] }
    var points: [(Double, Double)] = []
    var left = 100.0
    while left > 50 / Double(count) {
      for tick in 0..<5 {
        let percentile = 100 - left + left / 2 * Double(tick) / 5
        points.append((percentile, quantile(percentile)))
      }
      left /= 2
    }
    return points
  }

  /// How many fall into each of `bins` equal steps of the logarithm between the smallest and the largest.
  func bins(_ bins: Int) -> [(upTo: Double, count: UInt64)] {
    guard count > 0 else { return [] }
    let low = max(1, minimum)
    let high = max(low * 1.01, maximum)
    let step = logarithm(high / low) / Double(bins)
    var result = (1...bins).map { (upTo: low * exponential(step * Double($0)), count: UInt64(0)) }
    for (place, here) in counts.enumerated() where here > 0 {
      let bin = Int(logarithm(max(Double(Self.highest(in: place)), low) / low) / step)
      result[min(max(bin, 0), bins - 1)].count += here
    }
    return result
  }

  /// Which count a value belongs to.
  private static func place(of value: UInt64) -> Int {
    guard value >= linear else { return Int(value) }
    // The value's upper 11 bits say where it lies within its doubling.
    let shift = 64 - value.leadingZeroBitCount - 11
    return shift * half + Int(value >> UInt64(shift))
  }

  /// The highest value of a count.
  private static func highest(in place: Int) -> UInt64 {
    guard place >= Int(linear) else { return UInt64(place) }
    let shift = place / half - 1
    return ((UInt64(place - shift * half) + 1) << UInt64(shift)) - 1
  }
}
