// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

/// A receiver that lies, slowly enough to get past its own provider, against what the network says (security: spoofing).
@Suite struct ReceiverConsensusTests {
  /// Its time against the truth, s.
  static func receiver(_ id: UInt32, _ error: @escaping (Double) -> Double) -> ModelSource {
    var receiver = ModelSource(id)
    (receiver.flags, receiver.stratum, receiver.options.referenceClock) = ([.oneWay], 0, true)
    (receiver.base, receiver.jitter, receiver.error) = (0, 0, error)
    return receiver
  }

  static func server(_ id: UInt32) -> ModelSource {
    var server = ModelSource(id, poll: 4, maximumPoll: 4)
    (server.base, server.jitter) = (5e-3, 0.2e-3)
    return server
  }

  /// 100 ppm away from 600 s on: at first within what a path may hide, then no farther. What it is called meanwhile is not said here: its
  /// interval widens with its own scatter, so that it need not be a falseticker to be of no weight.
  @Test(arguments: [1e-4, -1e-4])
  func aSlowRampMovesTheClockNoFartherThanAPathCanHide(rate: Double) throws {
    let lying = Self.receiver(1) { max(0, $0 - 600) * rate }
    let loop = ClosedLoop(sources: [lying, Self.server(2), Self.server(3), Self.server(4)])
    loop.run(until: 590)
    #expect(try #require(loop.report(1)).state == .selected, "the best there is, as long as it is right")
    loop.run(until: 1800)
    #expect(loop.state.synchronized)
    // As far as a path of 10 ms can hide, never farther, and back again.
    let worst = loop.states.filter { $0.at > 600 }.map(\.error.magnitude).max() ?? 1
    #expect(worst < 12e-3, "\(worst)")
    #expect(loop.error.magnitude < 2e-3, "\(loop.error)")
  }

  /// 50 ms at once, and with `prefer`, which chooses among those that agree alone.
  @Test func aJumpIsNeverFollowedPreferredOrNot() throws {
    for prefer in [false, true] {
      var lying = Self.receiver(1) { $0 < 600 ? 0 : 0.05 }
      lying.options.prefer = prefer
      let loop = ClosedLoop(sources: [lying, Self.server(2), Self.server(3), Self.server(4)])
      loop.run(until: 1800)
      #expect(try #require(loop.report(1)).state == .falseticker)
      let worst = loop.states.filter { $0.at > 600 }.map(\.error.magnitude).max() ?? 1
      #expect(loop.state.synchronized && worst < 6e-3, "\(worst)")
    }
  }

  /// One server alone is no majority against it: nobody is followed then, rather than either.
  @Test func oneAgainstOneIsHeldOver() throws {
    let loop = ClosedLoop(sources: [Self.receiver(1) { $0 < 600 ? 0 : 0.05 }, Self.server(2)])
    loop.run(until: 1200)
    #expect(try #require(loop.report(1)).state == .waiting(.noMajority))
    #expect(loop.error.magnitude < 2e-3, "\(loop.error)")
  }
}
