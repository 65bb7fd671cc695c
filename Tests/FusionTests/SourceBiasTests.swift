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

  @Test("the first distance counts as it is; before the second nothing else is known")
  func first() {
    var bias = SourceBias(SourceID(rawValue: 1))
    #expect(bias.value == 0 && bias.isUsed && !bias.hasContributed)
    bias.learn(-3e-4, deviation: 1e-3)
    #expect(bias.value == -3e-4)
    #expect(!SourceBias().isUsed)
  }

  @Test("just beyond the noise a distance counts for little, far beyond it wholly; the sign is kept")
  func shrinking() {
    func value(_ distance: Double) -> Double {
      var bias = SourceBias(SourceID(rawValue: 1))
      for i in 0..<40 { bias.learn(distance + (i % 2 == 0 ? 1e-4 : -1e-4), deviation: 1e-4) }
      return bias.value
    }
    let values = [-3e-3, -5e-4, 0, 5e-4, 3e-3].map(value)
    #expect((values[4] / 3e-3 - 1).magnitude < 0.05 && (values[0] / -3e-3 - 1).magnitude < 0.05)
    #expect(values[2] == 0)
    #expect(values[3] > 0 && values[3] < 4.9e-4 && values[1] < 0 && values[1] > -5.1e-4)
  }

  @Test("a source that moves to another distance is learned anew, within its memory")
  func memory() {
    var bias = SourceBias(SourceID(rawValue: 1))
    for _ in 0..<5000 { bias.learn(1e-3, deviation: 1e-5) }
    for _ in 0..<6000 { bias.learn(0, deviation: 1e-5) }
    // e⁻³ of it is left after three memories of 2000.
    #expect(bias.value.magnitude < 0.06e-3)
    let before = bias.value
    bias.move(by: 2e-3)
    #expect(bias.value > before + 1.9e-3)
  }
}
