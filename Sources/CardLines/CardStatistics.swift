// SPDX-License-Identifier: Apache-2.0

/// Medians over a few numbers, in fixed memory.
enum CardStatistics {
  /// The median of `value(0)` to `value(count - 1)`, at most 16 of them; of an even number the mean of the middle two; 0 of none.
  static func median(_ count: Int, _ value: (Int) -> Double) -> Double {
    var sorted = InlineArray<16, Double>(repeating: 0)
    let count = min(count, 16)
    for index in 0..<max(count, 0) {
      let new = value(index)
      var place = index
      while place > 0, sorted[place - 1] > new {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      sorted[place] = new
    }
    guard count > 0 else { return 0 }
    return count % 2 == 1 ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2])
  }

  /// The median of the slopes between points at least `baseline` apart (Theil 1950, Sen 1968); 0 where there is no such pair.
  static func medianSlope(
    _ x: borrowing InlineArray<16, Double>, _ y: borrowing InlineArray<16, Double>, _ count: Int, baseline: Double
  ) -> Double {
    var slopes = InlineArray<120, Double>(repeating: 0)
    var found = 0
    for first in 0..<max(count - 1, 0) {
      for second in (first + 1)..<count where x[second] - x[first] >= baseline {
        let new = (y[second] - y[first]) / (x[second] - x[first])
        var place = found
        while place > 0, slopes[place - 1] > new {
          slopes[place] = slopes[place - 1]
          place -= 1
        }
        slopes[place] = new
        found += 1
      }
    }
    guard found > 0 else { return 0 }
    return found % 2 == 1 ? slopes[found / 2] : 0.5 * (slopes[found / 2 - 1] + slopes[found / 2])
  }
}
