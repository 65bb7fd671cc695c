// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Filtering

@Suite struct DriftBoundTests {
  /// What is assumed, until the frequency is known worse than that.
  @Test func rate() {
    let bound = DriftBound(15e-6)
    let even = bound.assumed / DriftBound.deviations
    for frequencyError in [0, 0.5 * even, 0.99 * even] {
      #expect(bound.rate(frequencyError: frequencyError) == bound.assumed)
    }
    #expect((bound.rate(frequencyError: 20 * even) - 20 * bound.assumed).magnitude < 1e-18)
  }
}
