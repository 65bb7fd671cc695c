// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Fusion

@Suite struct SourceBiasTests {
  @Test("a distance that stands out of the noise counts, one within it does not")
  func significance() {
    var plain = SourceBias(SourceID(rawValue: 1))
    var biased = SourceBias(SourceID(rawValue: 2))
    for i in 0..<400 {
      let noise = i % 2 == 0 ? 1e-5 : -1e-5
      plain.learn(noise, deviation: 1e-5)
      biased.learn(3e-4 + noise, deviation: 1e-5)
    }
    #expect(plain.value == 0)
    #expect((biased.value - 3e-4).magnitude < 1e-5)
    #expect(biased.isEstablished)
  }
}
