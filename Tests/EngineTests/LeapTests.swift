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

  /// The kernel's own leap, a deleted one too, comes milliseconds before or after ours: the clock stays synchronized, nothing is stepped or
  /// slewed, and what the kernel is told neither takes the leap from it nor counts TAI − UTC for it.
  @Test(arguments: [LeapIndicator.insert, .delete], [-0.02, 0.02])
  func kernelIsEarlyOrLate(kind: LeapIndicator, late: Double) {
    let shift = kind == .insert ? -1.0 : 1.0
    let loop = ClosedLoop(sources: [ModelSource(1)])
    let moment = kind == .insert ? 100.0 : 99.0
    let next: Int16 = kind == .insert ? 38 : 36
    loop.send(.leapTable(LeapTable(taiOffset: 37, next: (loop.epoch + 100_000_000_000, next)), now: loop.raw(0)))
    loop.sources[0].error = { $0 >= moment ? shift : 0 }
    loop.run(until: moment - 0.05)
    let adjusted = loop.steps.count
    // A look at the clock and a sample on either side of both moments.
    let first = min(moment, moment + late)
    let between = [first - 0.005, first + 0.005, first + 0.015, first + 0.025]
    var isMade = false
    for at in between {
      if !isMade, at > moment + late {
        loop.moveByHand(shift, announced: false)
        isMade = true
      }
      loop.now = at
      loop.send(.tick(loop.reading))
      loop.sources[0].nextPoll = at + 0.002
      loop.run(until: at + 0.003)
    }
    loop.run(until: 130)
    #expect(loop.steps.count == adjusted)
    #expect((loop.error + shift).magnitude < 100e-6)
    #expect(!loop.has { if case .clockMoved = $0 { true } else { false } })
    #expect(loop.events.filter { if case .leapPassed = $0.event { true } else { false } }.count == 1)
    #expect(
      loop.states.filter { $0.at > 10 }.allSatisfy {
        $0.state.synchronized && $0.state.offset.magnitude < .milliseconds(1)
      })
    // What the kernel is told, in order: no leap before it was made, and TAI − UTC left to it meanwhile.
    let told = loop.statuses.filter { $0.synchronized }.map(\.leap)
    let armed = told.drop { $0 != kind }
    #expect(armed.prefix { $0 == kind }.count + armed.drop { $0 == kind }.count == armed.count)
    #expect(armed.drop { $0 == kind }.allSatisfy { $0 == LeapIndicator.none } && armed.last == LeapIndicator.none)
    let offsets = loop.statuses.filter { $0.synchronized }.map(\.taiOffset)
    #expect(offsets.contains(nil) && offsets.last == next)
    #expect(loop.state.taiOffset == next)
  }

  /// Known by the source alone, which still announces it for a while after it, or no longer announces it just before.
  @Test(arguments: [LeapIndicator.insert, .delete])
  func sourcesAnnouncement(kind: LeapIndicator) {
    let shift = kind == .insert ? -1.0 : 1.0
    // 2026-12-31 ends 100 s after the epoch.
    let moment = kind == .insert ? 100.0 : 99.0
    for change in [-1.5, 0.5, 1.5, 3.5] {
      var source = ModelSource(1)
      source.leap = kind
      let loop = ClosedLoop(sources: [source], epoch: 1_798_761_500_000_000_000)
      loop.sources[0].error = { $0 >= moment ? shift : 0 }
      loop.run(until: moment + min(change, 0))
      if change < 0 { loop.sources[0].leap = .none }
      loop.run(until: moment)
      loop.moveByHand(shift, announced: false)
      loop.run(until: moment + max(change, 0))
      loop.sources[0].leap = .none
      loop.run(until: 130)
      #expect((loop.error + shift).magnitude < 100e-6, "\(change)")
      #expect(loop.events.filter { if case .leapPassed = $0.event { true } else { false } }.count == 1, "\(change)")
      #expect(loop.states.filter { $0.at > 10 }.allSatisfy { $0.state.synchronized }, "\(change)")
      #expect(loop.steps.isEmpty, "\(change)")
    }
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
