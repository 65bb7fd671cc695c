// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Simulation

@Suite struct ServerModelTests {
  /// What its clock is wrong by in the end is what all seconds' frequencies and jumps add up to.
  @Test func driftJumpsAndSmearsAddUp() {
    let model = ServerModel(
      drift: 1e-6, driftFrom: 100, jumps: [.init(at: 50, by: 0.3), .init(at: 60.5, by: -0.1)],
      smears: [.init(from: 200, to: 300, by: -1)])
    var error = model.offset
    for second in 1...400 {
      error += model.frequency(in: Double(second - 1)) + model.jump(at: Double(second))
      if second == 50 { #expect(abs(error - 0.3) < 1e-12) }
      if second == 60 { #expect(abs(error - 0.3) < 1e-12) }
      if second == 61 { #expect(abs(error - 0.2) < 1e-12) }
      if second == 250 { #expect(abs(error - (0.2 + 150e-6 - 0.5)) < 1e-9) }
    }
    #expect(abs(error - (0.2 + 300e-6 - 1)) < 1e-9)
    #expect(!model.isPerfect && ServerModel().isPerfect)
  }
}
