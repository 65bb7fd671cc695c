// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

/// Sources that smear leap seconds and sources that make them are two classes.
@Suite struct SmearingTests {
  private func source(_ id: UInt32, smears: Bool, error: @escaping (Double) -> Double = { _ in 0 }) -> ModelSource {
    var source = ModelSource(id)
    source.options.smears = smears
    source.error = error
    return source
  }

  /// Two that smear and are half a second away by now cannot outvote, nor bend, the one that does not.
  @Test func neverMixed() {
    let smear: (Double) -> Double = { 0.0005 * $0 }
    let loop = ClosedLoop(sources: [
      source(1, smears: true, error: smear), source(2, smears: true, error: smear), source(3, smears: false),
    ])
    loop.run(until: 300)
    #expect(loop.report(1)?.state == .unselectable(.smears))
    #expect(loop.report(2)?.state == .unselectable(.smears))
    #expect(loop.report(3)?.state == .selected)
    #expect(loop.error.magnitude < 100e-6)
    // Said once for each.
    let said = loop.events.filter { if case .smearingLeftOut = $0.event { true } else { false } }
    #expect(said.count == 2)
  }

  /// Alone they are followed, and no leap second is armed, for the table's comes to them as a slew.
  @Test func aloneTheyAreFollowed() {
    let loop = ClosedLoop(sources: [source(1, smears: true), source(2, smears: true)])
    let leap = loop.epoch + 100_000_000_000
    loop.send(.leapTable(LeapTable(taiOffset: 37, next: (leap, 38)), now: loop.raw(0)))
    loop.run(until: 160)
    #expect(loop.state.synchronized)
    #expect(!loop.has { if case .leapArmed(.insert) = $0 { true } else { false } })
    #expect(!loop.has { if case .leapPassed = $0 { true } else { false } })
    #expect(loop.statuses.allSatisfy { $0.leap != .insert })
    #expect(loop.state.taiOffset == nil)
    #expect(loop.error.magnitude < 100e-6)
  }

  /// Without the word nothing changes.
  @Test func theOrdinaryOnesAreMixed() {
    let loop = ClosedLoop(sources: [source(1, smears: false), source(2, smears: false)])
    loop.run(until: 60)
    #expect(!loop.has { if case .smearingLeftOut = $0 { true } else { false } })
    #expect([loop.report(1)?.state, loop.report(2)?.state].allSatisfy { $0 == .selected || $0 == .combined })
  }
}
