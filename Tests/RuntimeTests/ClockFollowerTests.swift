// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import Glibc
import LinuxKernel
import Report
import Synchronization
import Testing
import TimeTypes

@testable import Runtime
@testable import Settings

/// A PTP clock whose oscillator gains by `drift`, and a system clock that is true: neither is this host's.
private final class Bench: Sendable {
  struct State {
    var raw: Int64 = 1_000_000_000
    var shown = TimeInterval.seconds(500)
    var drift = 40e-6
    var units: Int64 = 0
    var steps = 0
    var isLocked = false
    var isGone = false
    var tai: Int16? = 37
    var isSynchronized = true
    /// A leap second, or a step of the system clock.
    var realtime: Int64 = 1_700_000_000_000_000_000
  }
  let state = Mutex(State())

  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  func advance(_ seconds: Double) {
    change {
      let set = Double($0.units) / 65536 * 1e-6
      $0.raw += Int64(seconds * 1e9)
      $0.shown =
        $0.shown + TimeInterval(seconds: seconds) + TimeInterval(seconds: seconds * ($0.drift + (1 + $0.drift) * set))
    }
  }

  /// System clock − PTP clock.
  var offset: TimeInterval { state.withLock { TimeInterval(nanoseconds: $0.raw + $0.realtime) - $0.shown } }

  private func adjust(_ timex: inout clinux_timex_t) -> Int32 {
    let request = timex
    return state.withLock {
      if $0.isGone { return -ENODEV }
      if request.modes & clinux_adj_frequency != 0 { $0.units = request.frequency }
      if request.modes & clinux_adj_setoffset != 0 {
        $0.shown = $0.shown + .seconds(request.seconds) + TimeInterval(nanoseconds: request.subseconds)
        $0.steps += 1
      }
      return 0
    }
  }

  func open(_ settings: HardwareClockConfiguration, _ id: ClockID) throws(KernelError) -> DeviceClock {
    let phc = PHCCalls(
      open: { _, _ in 70 }, close: { _ in },
      precise: { _, stamp in
        let (raw, shown, realtime, isGone) = self.state.withLock { ($0.raw, $0.shown, $0.realtime, $0.isGone) }
        if isGone { return -ENODEV }
        stamp = clinux_cross_stamp_t(device: shown.nanoseconds, realtime: raw + realtime, raw: raw)
        return 0
      }, extended: { _, _, _, _ in -EOPNOTSUPP }, plain: { _, _, _ in -EOPNOTSUPP },
      pair: { ClockPair(raw: RawInstant(nanoseconds: 0), time: .zero) })
    let calls = DeviceClockCalls(
      adjust: { _, timex in
        let result = self.adjust(&timex)
        timex.frequency = self.state.withLock { $0.units }
        return result
      },
      describe: { _, capabilities in
        capabilities.maximum_adjustment = 1_000_000
        return 0
      },
      lock: { _ in self.state.withLock { $0.isLocked } ? -EWOULDBLOCK : 0 }, bracket: { _, _ in -EINVAL })
    return .hardware(
      try HardwareClock(
        id: id, path: "/dev/ptp0", mode: settings.follows == .system && settings.steer ? .steer : .observe, phc: phc,
        calls: calls))
  }

  func glance() -> SystemGlance? {
    let state = state.withLock { $0 }
    let calls = TimexCalls(
      adjust: { timex in
        timex.tick = 10_000
        timex.tai = Int32(state.tai ?? 0)
        timex.status = state.isSynchronized ? 0 : clinux_sta_unsync
        return 0
      },
      pair: {
        ClockPair(raw: RawInstant(nanoseconds: state.raw), time: TimeInterval(nanoseconds: state.raw + state.realtime))
      })
    return SystemGlance(calls: calls)
  }
}

@Suite struct ClockFollowerTests {
  private final class Log {
    var events: [EventRecord] = []
    func count(_ kind: EventKind) -> Int { events.filter { $0.number == kind.rawValue }.count }
  }

  private func follower(
    _ bench: Bench, _ log: Log = Log(), _ change: (inout HardwareClockConfiguration) -> Void = { _ in },
    look: @escaping (String) -> PHCPath.Look = { _ in PHCPath.Look() }
  ) -> ClockFollower {
    var settings = HardwareClockConfiguration()
    settings.device = "/dev/ptp-of-a-test"
    settings.name = "nic"
    settings.follows = .system
    settings.timescale = .utc
    change(&settings)
    return ClockFollower(
      settings, number: 1, open: { settings, id throws(KernelError) in try bench.open(settings, id) },
      glance: bench.glance, look: look, raise: { log.events.append($0) })
  }

  private func run(_ follower: ClockFollower, _ bench: Bench, seconds: Int) {
    for _ in 0..<seconds {
      bench.advance(1)
      follower.turn()
    }
  }

  @Test(arguments: [ServoConfiguration.engine, .pi])
  func eitherServoLocks(servo: ServoConfiguration) {
    let bench = Bench()
    let log = Log()
    let follower = follower(bench, log) { $0.servo = servo }
    run(follower, bench, seconds: 120)
    #expect(bench.state.withLock { $0.steps } == 1)
    #expect(bench.offset.magnitude < TimeInterval(nanoseconds: 100))
    let state = follower.state
    #expect(state.state == .locked, "\(state)")
    #expect(state.servo == servo.rawValue && state.steps == 1 && state.method == "PTP_SYS_OFFSET_PRECISE")
    #expect(state.frequency.map { ($0.partsPerMillion + 40).magnitude < 0.1 } == true)
    #expect(log.count(.hardwareClockStepped) == 1)
    #expect(log.count(.hardwareClockReady) == 1)
  }

  /// A clock of TAI is ahead of UTC by what the kernel says, and a leap second in UTC does not touch it.
  @Test(arguments: [ServoConfiguration.engine, .pi])
  func leapSecondsLeaveTAIAlone(servo: ServoConfiguration) {
    let bench = Bench()
    let follower = follower(bench) {
      $0.servo = servo
      $0.timescale = .tai
    }
    run(follower, bench, seconds: 60)
    #expect((bench.offset + .seconds(37)).magnitude < .microseconds(1))
    bench.change {
      $0.realtime -= 1_000_000_000
      $0.tai = 38
    }
    run(follower, bench, seconds: 10)
    #expect((bench.offset + .seconds(38)).magnitude < .microseconds(1))
    #expect(bench.state.withLock { $0.steps } == 1)
    #expect(follower.state.taiOffset == 38)
  }

  @Test func withoutTAIItWaitsAndSaysSo() {
    let bench = Bench()
    bench.change { $0.tai = nil }
    let log = Log()
    let follower = follower(bench, log) { $0.timescale = .tai }
    run(follower, bench, seconds: 5)
    #expect(follower.state.state == .waiting)
    #expect(follower.state.reason.contains("leap_seconds_file"))
    #expect(log.count(.taiUnknown) == 1)
    #expect(bench.state.withLock { $0.steps == 0 && $0.units == 0 })
  }

  @Test func itWaitsForASynchronizedSystemClock() {
    let bench = Bench()
    bench.change { $0.isSynchronized = false }
    let patient = follower(bench)
    run(patient, bench, seconds: 10)
    #expect(patient.state.state == .waiting)
    #expect(bench.state.withLock { $0.steps == 0 })
    let hasty = follower(bench) { $0.onlySynchronized = false }
    run(hasty, bench, seconds: 10)
    #expect(bench.state.withLock { $0.steps == 1 })
  }

  @Test func somebodyElsesMoveIsMendedAndTold() {
    let bench = Bench()
    let log = Log()
    let follower = follower(bench, log)
    run(follower, bench, seconds: 60)
    bench.change { $0.shown = $0.shown + .milliseconds(5) }
    run(follower, bench, seconds: 60)
    #expect(log.count(.hardwareClockMoved) > 0)
    #expect(follower.state.moves == 1)
    #expect(bench.offset.magnitude < .microseconds(1))
  }

  @Test func aSecondOwnerIsRefused() {
    let bench = Bench()
    bench.change { $0.isLocked = true }
    let log = Log()
    let follower = follower(bench, log)
    run(follower, bench, seconds: 3)
    #expect(follower.state.state == .refused)
    #expect(follower.state.owner == "another tompiond")
    #expect(log.count(.hardwareClockOwned) == 1)
    #expect(bench.state.withLock { $0.steps == 0 })
  }

  /// A rival that was seen stays one where its descriptors are not shown any more, until it ends.
  @Test func aRivalIsRememberedWhenItMayNotBeLookedInto() {
    let bench = Bench()
    let log = Log()
    let rival = RivalDaemon(name: "ptp4l", pid: 7)
    var seen = PHCPath.Look(holders: [rival])
    let follower = follower(bench, log, look: { _ in seen })
    run(follower, bench, seconds: 1)
    seen = PHCPath.Look(hidden: [RivalDaemon(name: "ptp4l", pid: 6), rival])
    run(follower, bench, seconds: 3)
    #expect(follower.state.state == .refused)
    #expect(follower.state.owner == rival.description)
    #expect(log.count(.hardwareClockOwned) == 1)
    #expect(bench.state.withLock { $0.steps == 0 && $0.units == 0 })
    // It ended; another one of that name was never seen with this device.
    seen = PHCPath.Look(hidden: [RivalDaemon(name: "ptp4l", pid: 6)])
    run(follower, bench, seconds: 60)
    #expect(follower.state.state == .locked)
  }

  @Test func watchedIsNeverTouched() {
    let bench = Bench()
    let follower = follower(bench) { $0.follows = .none }
    run(follower, bench, seconds: 30)
    #expect(follower.state.state == .watched)
    #expect(follower.state.offset == bench.offset)
    #expect(bench.state.withLock { $0.steps == 0 && $0.units == 0 })
  }

  @Test func aLostDeviceIsToldAndOpenedAgain() {
    let bench = Bench()
    let log = Log()
    let follower = follower(bench, log)
    run(follower, bench, seconds: 10)
    bench.change { $0.isGone = true }
    run(follower, bench, seconds: 3)
    #expect(follower.state.state == .failed)
    #expect(log.count(.hardwareClockFailed) > 0)
    bench.change { $0.isGone = false }
    run(follower, bench, seconds: 60)
    #expect(follower.state.state == .locked)
  }

  /// At the end it runs at the frequency that it needs, without a slew.
  @Test func releaseLeavesNoSlew() {
    let bench = Bench()
    let follower = follower(bench)
    run(follower, bench, seconds: 60)
    bench.change { $0.realtime += 400_000 }
    run(follower, bench, seconds: 1)
    follower.release()
    #expect((bench.state.withLock { Double($0.units) / 65536 } + 40).magnitude < 5)
  }
}
