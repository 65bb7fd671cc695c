// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

@Suite struct HoldoverTests {
  /// All sources gone: still synchronized, with growing bounds, until the limit.
  @Test func boundsGrowUntilTheLimit() throws {
    var parameters = EngineParameters()
    parameters.holdoverLimit = 600
    var source = ModelSource(1)
    source.isUp = { $0 < 100 }
    let loop = ClosedLoop(parameters: parameters, sources: [source], referenceFrequency: 8e-6)
    loop.run(until: 200)
    let early = loop.state
    #expect(early.synchronized)
    #expect(try #require(loop.report(1)).state == .unselectable(.unreachable))
    loop.run(until: 500)
    let late = loop.state
    #expect(late.synchronized)
    #expect(late.boundHard > early.boundHard)
    #expect(late.boundStatistical > early.boundStatistical)
    // The hard bound and root dispersion grow by the assumed drift, no less.
    #expect((late.boundHard - early.boundHard).inSeconds > 300 * parameters.driftBound.ratio * 0.99)
    #expect((late.rootDispersion - early.rootDispersion).inSeconds > 300 * parameters.driftBound.ratio * 0.99)
    #expect(loop.error.magnitude <= late.boundHard.inSeconds)
    loop.run(until: 800)
    #expect(!loop.state.synchronized)
    #expect(loop.state.leap == .unsynchronized)
    #expect(loop.state.stratum == 16)
    #expect(loop.has { if case .unsynchronized = $0 { true } else { false } })
    #expect(loop.statuses.last?.synchronized == false)
  }

  /// In holdover the clock runs on at the reference's frequency.
  @Test func keepsTheFrequency() {
    var source = ModelSource(1, poll: 2, maximumPoll: 3)
    source.isUp = { $0 < 400 }
    let loop = ClosedLoop(sources: [source], frequency: 40e-6, referenceFrequency: -15e-6)
    loop.run(until: 4000)
    // At 40 ppm an hour would be 144 ms.
    #expect(loop.error.magnitude < 2e-3)
  }

  /// Down a chain, stratum, root delay and root dispersion grow.
  @Test func chain() {
    var last: TimeState?
    for hop in 1...3 {
      var source = ModelSource(1)
      source.base = 500e-6
      source.stratum = last?.stratum ?? 1
      source.rootDelay = last?.rootDelay.inSeconds ?? 0
      source.rootDispersion = last?.rootDispersion.inSeconds ?? 10e-6
      let loop = ClosedLoop(sources: [source], seed: UInt64(hop))
      loop.run(until: 100)
      let state = loop.state
      #expect(state.synchronized)
      #expect(state.stratum == UInt8(hop + 1))
      // Two base delays a hop.
      #expect((state.rootDelay.inSeconds - Double(hop) * 1e-3).magnitude < 0.2e-3 * Double(hop))
      if let last {
        #expect(state.rootDispersion > last.rootDispersion)
        #expect(state.boundHard > last.boundHard)
      }
      last = state
    }
  }
}
