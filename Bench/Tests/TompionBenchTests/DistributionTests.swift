// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TompionBench

struct DistributionTests {
  /// Every quantile is within the form's three digits of the exact one.
  @Test(arguments: [1, 17, 2_047, 2_048, 4_097, 1_000_003, 77_000_000_000] as [Int64])
  func quantilesHaveThreeDigits(scale: Int64) {
    var distribution = Distribution()
    for index in 1...1000 { distribution.record(scale * Int64(index) / 10) }
    for percent in [0.1, 25, 50, 90, 99, 99.9, 100] {
      let exact = Double(scale * Int64(percent * 10) / 10)
      let found = distribution.quantile(percent)
      #expect(found >= min(exact, 137_438_953_472) && found <= max(exact * 1.001, exact + 1), "p\(percent) of \(scale)")
    }
    #expect(distribution.count == 1000)
    #expect(distribution.bins(16).map(\.count).reduce(0, +) == 1000)
    #expect(distribution.curve.map(\.nanoseconds) == distribution.curve.map(\.nanoseconds).sorted())
  }
}
