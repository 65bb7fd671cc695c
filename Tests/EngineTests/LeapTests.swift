// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

@Suite struct LeapTests {
  @Test func lastDaysOfJuneAndDecember() {
    // Days since 1970 of 2016-12-31, 2015-06-30, 2000-02-29 and 2024-06-29.
    let day: Int64 = 86_400_000_000_000
    func end(_ count: Int64) -> Int64? { LeapState.leapDayEnd(TimeInterval(nanoseconds: count * day + 12345)) }
    #expect(end(17166) == 17167 * day)
    #expect(end(16616) == 16617 * day)
    #expect(end(11016) == nil)
    #expect(end(19903) == nil)
    // Twice a year, and no oftener.
    let count = (0..<36_525).filter { end(Int64($0)) != nil }.count
    #expect(count == 200)
  }

  /// By the table: armed in the last day, passed once, the offset to TAI counts on, and the clock stays with UTC.
  @Test func tableArmsAndPasses() {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    let leap = loop.epoch + 100_000_000_000
    loop.send(.leapTable(LeapTable(taiOffset: 37, next: (leap, 38)), now: loop.raw(0)))
    loop.run(until: 90)
    #expect(loop.state.leap == .insert)
    #expect(loop.state.taiOffset == 37)
    #expect(loop.has { if case .leapArmed(.insert) = $0 { true } else { false } })
    #expect(loop.statuses.last?.leap == .insert)
    // UTC repeats a second, and this clock knows nothing of that.
    for i in loop.sources.indices { loop.sources[i].error = { $0 >= 100 ? -1 : 0 } }
    loop.run(until: 160)
    #expect(loop.state.leap == LeapIndicator.none)
    #expect(loop.state.taiOffset == 38)
    #expect((loop.error - 1).magnitude < 100e-6)
    #expect(loop.events.filter { if case .leapPassed = $0.event { true } else { false } }.count == 1)
  }

  /// The kernel did it: the clock already moved, and nothing is corrected.
  @Test func kernelsOwnLeap() {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    let leap = loop.epoch + 100_000_000_000
    loop.send(.leapTable(LeapTable(taiOffset: 37, next: (leap, 38)), now: loop.raw(0)))
    loop.run(until: 99.9)
    // No exchange stands across the leap.
    loop.sources[0].nextPoll = 100.5
    loop.sources[0].error = { $0 >= 100 ? -1 : 0 }
    loop.run(until: 100.0001)
    loop.moveByHand(-1, announced: false)
    loop.run(until: 130)
    #expect((loop.error - 1).magnitude < 100e-6)
    #expect(!loop.has { if case .clockMoved = $0 { true } else { false } })
    #expect(loop.states.filter { $0.at > 100.01 }.allSatisfy { $0.state.synchronized })
  }

  /// Sources that announce a leap in the middle of a month are not believed.
  @Test func announcementOutOfSeason() {
    var source = ModelSource(1)
    source.leap = .insert
    let loop = ClosedLoop(sources: [source])
    loop.run(until: 30)
    #expect(loop.state.synchronized)
    #expect(loop.state.leap == LeapIndicator.none)
  }
}
