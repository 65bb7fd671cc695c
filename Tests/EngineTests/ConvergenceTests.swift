// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

@Suite struct ConvergenceTests {
  /// The demo: 250 ms off, 40 ppm fast, a loopback server, defaults; within 50 µs well before 30 s and from then on.
  @Test(arguments: UInt64(1)...12)
  func fromAQuarterSecond(seed: UInt64) throws {
    let loop = ClosedLoop(
      sources: [ModelSource(1)], offset: 0.25, frequency: 40e-6, referenceFrequency: -3e-6, seed: seed)
    loop.run(until: 30)
    let settled = try #require(loop.settled(within: 50e-6))
    #expect(settled < 20)
    print("SETTLED", settled, loop.errors(after: 25).map { Int($0 * 1e9) })
    let last = try #require(loop.states.last)
    #expect(last.state.synchronized)
    #expect(last.state.stratum == 2)
    #expect(loop.steps.isEmpty)
    #expect(last.error.magnitude <= last.state.boundHard.inSeconds)
  }
}
