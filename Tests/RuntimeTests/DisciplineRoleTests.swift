// SPDX-License-Identifier: Apache-2.0

import CLinux
import CTompionProvider
import ClockPort
import Discipline
import Engine
import LinuxKernel
import ProviderHost
import Synchronization
import Testing
import TimeTypes

@testable import Runtime

@Suite struct DisciplineRoleTests {
  let start = ClockPair.realtime()

  func virtual(_ offset: TimeInterval) -> HostClock {
    .virtual(VirtualClock(initialOffset: offset, initialFrequency: .partsPerMillion(40), start: start))
  }

  /// A kernel's clock that is only read, or refuses every change; others may move it.
  final class Kernel: Sendable {
    let moved = Atomic<Int64>(0)
    let refuses = Atomic<Bool>(false)
    let changes = Atomic<Int>(0)

    var calls: TimexCalls {
      TimexCalls(
        adjust: { timex in
          timex.tick = 10_000
          guard timex.modes != 0 else { return 0 }
          guard !self.refuses.load(ordering: .relaxed) else { return -1 }
          self.changes.add(1, ordering: .relaxed)
          return 0
        },
        pair: {
          var pair = ClockPair.realtime()
          pair.time = pair.time + TimeInterval(nanoseconds: self.moved.load(ordering: .relaxed))
          return pair
        })
    }
  }

  @Test func aSlewIsAppliedAndFedBack() throws {
    let rig = try DisciplineRig(number: 21, clock: virtual(-.milliseconds(20)))
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, time: start.time, at: start.raw)) }
    rig.role.turn()
    let report = try #require(rig.report())
    #expect(report.counters.samples == 8)
    #expect(report.steering == .steering && report.counters.refusals == 0 && report.counters.steps == 0)
    // The clock was behind and is driven faster than it ran; the reading is what came back from it.
    let reading = try #require(report.reading)
    #expect(reading.frequency > .partsPerMillion(40))
    #expect(reading.era == ClockEra(rawValue: 0))
    #expect(report.sources.count == 1 && report.sources[0].id == SourceID(rawValue: source))
    #expect(rig.told.published.load(ordering: .relaxed) > 0, "children are told of the new line")
    // The page says the same as the report.
    var info = tompion_clock_info_t()
    #expect(tompion_clock_read(rig.page.pointer, &info) == 1)
    #expect(info.stratum == report.state.stratum && info.synchronized == (report.state.synchronized ? 1 : 0))
    #expect(rig.events().contains { if case .systemSourceChanged = $0 { true } else { false } })
  }

  @Test func aLargeOffsetIsSteppedAndProvidersAreTold() throws {
    let rig = try DisciplineRig(number: 22, clock: virtual(-.seconds(5)))
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, time: start.time, at: start.raw)) }
    rig.role.turn()
    let report = try #require(rig.report())
    #expect(report.counters.steps == 1)
    #expect(rig.told.steps.load(ordering: .relaxed) == 1)
    #expect(abs(rig.told.stepped.load(ordering: .relaxed) - 5_000_000_000) < 10_000_000)
    let now = try #require(rig.clocks.read(.system))
    #expect(now.era == ClockEra(rawValue: 1))
    #expect((now.time - (start.time + (now.raw - start.raw))).magnitude < .milliseconds(10))
    #expect(rig.events().contains { if case .stepped = $0 { true } else { false } })
    #expect((try #require(report.trueError)).magnitude < .milliseconds(10))
  }

  @Test func theEndLeavesNoSlewRunning() throws {
    let rig = try DisciplineRig(number: 28, clock: virtual(-.milliseconds(900)))
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, time: start.time, at: start.raw)) }
    rig.role.turn()
    let slewing = try #require(rig.report())
    let estimate = try #require(slewing.frequency)
    let limit = Frequency.partsPerMillion(500)
    #expect(try #require(slewing.reading).frequency > .partsPerMillion(10_000), "900 ms are slewed fast")
    rig.role.release()
    // Less than a second after the last look, so nothing is steered in between.
    let left = try #require(rig.report()?.reading)
    #expect(abs((left.frequency - estimate.clamped(to: limit)).partsPerMillion) < 0.01)
  }

  @Test func aForbiddenClockIsNotTouched() throws {
    let rig = try DisciplineRig(number: 23, clock: virtual(-.seconds(5)), isForbidden: true)
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, time: start.time, at: start.raw)) }
    rig.role.turn()
    let report = try #require(rig.report())
    #expect(report.counters.steps == 0)
    let now = try #require(rig.clocks.read(.system))
    #expect(now.era == ClockEra(rawValue: 0))
    #expect((now.time - (start.time + (now.raw - start.raw)) + .seconds(5)).magnitude < .milliseconds(10))
  }

  @Test func aRefusalIsAStateAndAnEvent() throws {
    let kernel = Kernel()
    kernel.refuses.store(true, ordering: .relaxed)
    let clock = HostClock.system(try SystemClock(mode: .steer, calls: kernel.calls))
    let rig = try DisciplineRig(number: 24, clock: clock)
    rig.role.takeOver()
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, offset: .milliseconds(5))) }
    rig.role.turn()
    let report = try #require(rig.report())
    #expect(report.steering == .refused(.notPermitted))
    #expect(report.counters.refusals > 0)
    #expect(kernel.changes.load(ordering: .relaxed) == 0)
    #expect(rig.events().contains { if case .clockRefused(.notPermitted) = $0 { true } else { false } })
    #expect(report.counters.samples == 8, "the rest goes on")
  }

  @Test func aClockThatSomebodyMovedIsNoticed() throws {
    let kernel = Kernel()
    var parameters = EngineParameters()
    parameters.steer = false
    let clock = HostClock.system(try SystemClock(mode: .observe, calls: kernel.calls))
    let rig = try DisciplineRig(number: 25, clock: clock, parameters: parameters)
    rig.role.turn()
    kernel.moved.store(3_000_000_000, ordering: .relaxed)
    // The next look, without waiting a second for it.
    rig.role.nextTick = RawInstant(nanoseconds: .min)
    rig.role.turn()
    #expect(try #require(rig.report()).counters.clockMoves == 1)
    let moves = rig.events().compactMap { event -> TimeInterval? in
      if case .clockMoved(let by) = event { by } else { nil }
    }
    #expect(moves.count == 1)
    #expect((try #require(moves.first) - .seconds(3)).magnitude < .milliseconds(1))
    #expect(kernel.changes.load(ordering: .relaxed) == 0)
  }

  @Test func aMovedClockIsNoticedBetweenTicks() throws {
    let kernel = Kernel()
    let clock = HostClock.system(try SystemClock(mode: .observe, calls: kernel.calls))
    let rig = try DisciplineRig(number: 29, clock: clock)
    let begin = RawClock.now()
    rig.role.turn()
    // Half a second after a tick at the latest.
    #expect(rig.role.deadline < begin + .milliseconds(750) && rig.role.nextTick > begin + .milliseconds(750))
    kernel.moved.store(-500_000_000, ordering: .relaxed)
    let before = rig.told.logged.load(ordering: .relaxed)
    rig.role.nextLook = RawInstant(nanoseconds: .min)
    #expect(try #require(rig.report()).counters.clockMoves == 1)
    #expect(rig.told.logged.load(ordering: .relaxed) == before + 1, "[control] is woken for the event")
    // The engine has the rest at the tick: only one look in between.
    #expect(rig.role.deadline == rig.role.nextTick)
  }

  @Test func aMoveJustBeforeASampleIsNotTakenForOurs() throws {
    let kernel = Kernel()
    let clock = HostClock.system(try SystemClock(mode: .steer, calls: kernel.calls))
    let rig = try DisciplineRig(number: 30, clock: clock)
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, offset: .milliseconds(5))) }
    rig.role.turn()
    let changes = kernel.changes.load(ordering: .relaxed)
    #expect(changes > 0, "it steers")
    // No look is due; what follows from the sample would put the watch on the moved line.
    kernel.moved.store(300_000_000, ordering: .relaxed)
    #expect(rig.measure(source, offset: .milliseconds(5)))
    rig.role.turn()
    rig.role.nextTick = RawInstant(nanoseconds: .min)
    #expect(try #require(rig.report()).counters.clockMoves == 1)
  }

  @Test func newsComeBeforeSamplesAndRemovalsArrive() throws {
    let rig = try DisciplineRig(number: 26, clock: virtual(.zero))
    let source = try rig.provider.add(flags: TOMPION_SOURCE_NOSELECT)
    #expect(rig.measure(source, offset: .zero))
    let report = try #require(rig.report())
    #expect(report.sources.first?.options.noselect == true && report.sources.first?.samples == 1)
    #expect(rig.provider.remove(source) == TOMPION_OK)
    #expect(!rig.measure(source, offset: .zero), "a source that is gone gives no samples")
    #expect(try #require(rig.report()).sources.isEmpty)
  }

  @Test func eventsOfControlReachTheEngine() throws {
    let rig = try DisciplineRig(number: 27, clock: virtual(.zero))
    rig.port.events.push(.leapTable(LeapTable(taiOffset: 37), now: RawClock.now()))
    let source = try rig.provider.add()
    for _ in 0..<8 { #expect(rig.measure(source, time: start.time, at: start.raw)) }
    #expect(try #require(rig.report()).state.taiOffset == 37)
  }
}
