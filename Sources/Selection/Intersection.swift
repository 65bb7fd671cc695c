// SPDX-License-Identifier: Apache-2.0

/// The intersection algorithm of RFC 5905, section 11.2.1 (Marzullo's, as Mills changed it): the smallest interval that holds
/// points of the largest number of correctness intervals, with fewer than half of the candidates false.
package struct Intersection: Sendable, BitwiseCopyable, Equatable {
  package var low: Double
  package var high: Double

  @_noAllocation @_noLocks
  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Whether a candidate's correctness interval touches the intersection: it is a truechimer.
  @_noAllocation @_noLocks
  package func contains(_ candidate: Candidate) -> Bool { candidate.low <= high && candidate.high >= low }

  /// The same by its inner interval.
  @_noAllocation @_noLocks
  func containsInner(_ candidate: Candidate) -> Bool {
    candidate.innerOffset - candidate.innerDistance <= high && candidate.innerOffset + candidate.innerDistance >= low
  }

  /// The intersection of `candidates`, or nil where no strict majority agrees.
  ///
  /// For f = 0, 1, … below half of n: `low` is the first point, going up, that lies in n − f intervals, `high` the first going
  /// down. f is accepted when low ≤ high and at most f midpoints lie outside. O(n²) comparisons.
  /// Without `midpoints` the last condition is left out (Marzullo's own algorithm).
  @_noAllocation @_noLocks
  package static func find(_ intervals: borrowing IntervalList, midpoints: Bool = true) -> Intersection? {
    let count = intervals.count
    // How many intervals each interval's own edges lie in: the first point in so many intervals is always such an edge.
    var coverLow = InlineArray<64, Int>(repeating: 0)
    var coverHigh = InlineArray<64, Int>(repeating: 0)
    for i in 0..<count {
      let low = intervals.lows[i]
      let high = intervals.highs[i]
      for j in 0..<count {
        let otherLow = intervals.lows[j]
        let otherHigh = intervals.highs[j]
        if otherLow <= low && low <= otherHigh { coverLow[i] += 1 }
        if otherLow <= high && high <= otherHigh { coverHigh[i] += 1 }
      }
    }
    var allowed = 0
    while 2 * allowed < count {
      let needed = count - allowed
      var low = Double.infinity
      var high = -Double.infinity
      for i in 0..<count {
        if coverLow[i] >= needed && intervals.lows[i] < low { low = intervals.lows[i] }
        if coverHigh[i] >= needed && intervals.highs[i] > high { high = intervals.highs[i] }
      }
      if low <= high {
        var outside = 0
        for i in 0..<count where intervals.middles[i] < low || intervals.middles[i] > high { outside += 1 }
        if outside <= allowed || !midpoints { return Intersection(low: low, high: high) }
      }
      allowed += 1
    }
    return nil
  }
}

/// Intervals on the time axis, as many as an engine can hold sources. Not copied: it is a kilobyte and a half.
package struct IntervalList: ~Copyable {
  fileprivate var lows = InlineArray<64, Double>(repeating: 0)
  fileprivate var highs = InlineArray<64, Double>(repeating: 0)
  fileprivate var middles = InlineArray<64, Double>(repeating: 0)
  package private(set) var count = 0

  @_noAllocation @_noLocks
  package init() {}

  /// What is beyond the 64th is left out.
  @_noAllocation @_noLocks
  package mutating func append(middle: Double, distance: Double) {
    guard count < 64 else { return }
    lows[count] = middle - distance
    highs[count] = middle + distance
    middles[count] = middle
    count += 1
  }
}
