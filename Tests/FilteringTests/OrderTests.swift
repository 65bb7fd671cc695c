// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

@Suite struct OrderTests {
  static func list(_ values: [Double]) -> InlineArray<128, Double> {
    var list = InlineArray<128, Double>(repeating: -1)
    for i in values.indices { list[i] = values[i] }
    return list
  }

  /// Random lists with ties, of every length.
  @Test func sortsAndSpreads() {
    var random = SeededGenerator(seed: 121)
    for count in 1...128 {
      let values = (0..<count).map { _ in (Double.random(in: 0...40, using: &random)).rounded() }
      var sorted = Self.list(values)
      var span = sorted.mutableSpan
      sortAscending(&span, count: count)
      #expect((0..<count).map { sorted[$0] } == values.sorted())
      #expect((count..<128).allSatisfy { sorted[$0] == -1 })
      let middle = values.sorted()[count / 2]
      let deviations = values.map { ($0 - middle).magnitude }.sorted()
      #expect((medianSpread(of: sorted, count: count) - 1.4826 * deviations[count / 2]).magnitude < 1e-9)
    }
  }

  /// Of normal values it is their deviation.
  @Test func isTheNormalDeviation() {
    var random = SeededGenerator(seed: 122)
    let spreads = (0..<50).map { _ in
      var sorted = Self.list((0..<128).map { _ in random.gaussian(mean: 5, standardDeviation: 2) })
      var span = sorted.mutableSpan
      sortAscending(&span, count: 128)
      return medianSpread(of: sorted, count: 128)
    }
    #expect((spreads.reduce(0, +) / 50 - 2).magnitude < 0.1)
  }
}
