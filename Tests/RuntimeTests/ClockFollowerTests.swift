// SPDX-License-Identifier: Apache-2.0

import ClockPort
import LinuxKernel
import Report
import Synchronization
import Testing
import TimeTypes

@testable import Runtime
@testable import Settings

@Suite struct ClockFollowerTests {
  private func follower(
    _ bench: FakePTPClock, _ log: ClockEventLog = ClockEventLog(),
    _ change: (inout HardwareClockConfiguration) -> Void = { _ in },
    claims: DeviceClaims = DeviceClaims(), look: @escaping (String) -> PHCPath.Look = { _ in PHCPath.Look() }
  ) -> ClockFollower {
    var settings = HardwareClockConfiguration()
    settings.device = "/dev/ptp-of-a-test"
    settings.name = "nic"
    settings.follows = .system
    settings.timescale = .utc
    change(&settings)
    return ClockFollower(
      settings, number: 1, claims: claims, access: bench.access(look: look), glance: bench.glance,
      raise: { log.events.append($0) })
  }

  private func run(_ follower: ClockFollower, _ bench: FakePTPClock, seconds: Int) {
    for _ in 0..<seconds {
      bench.advance(1)
      follower.turn()
    }
  }

  @Test(arguments: [ServoConfiguration.engine, .pi])
  func eitherServoLocks(servo: ServoConfiguration) {
    let bench = FakePTPClock()
    let log = ClockEventLog()
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

  /// A system clock that is itself steered: at first it is slewed to its sources, by 500 ppm and ever less, and then its rate is never quite the
  /// same. What is estimated of the clock's oscillator meanwhile is wrong for long; the PI servo does not go by it, and is not stopped by it.
  @Test func itStaysWithASystemClockThatIsSteered() {
    let bench = FakePTPClock()
    let log = ClockEventLog()
    let follower = follower(bench, log) { $0.servo = .pi }
    var slew = 500_000.0
    var worst = TimeInterval.zero
    for second in 0..<3600 {
      slew *= 0.95
      let wobble: Int64 = ((second / 7) % 2 == 0 ? 10 : -10) + ((second / 61) % 2 == 0 ? 10 : -10)
      bench.change { $0.realtime += Int64(slew) + wobble }
      run(follower, bench, seconds: 1)
      if second >= 300 { worst = max(worst, bench.offset.magnitude) }
    }
    #expect(worst < .microseconds(1))
    #expect(log.count(.hardwareClockLocked) == 1 && follower.state.state == .locked)
  }

  /// A clock of TAI is ahead of UTC by what the kernel says, and a leap second in UTC does not touch it.
  @Test(arguments: [ServoConfiguration.engine, .pi])
  func leapSecondsLeaveTAIAlone(servo: ServoConfiguration) {
    let bench = FakePTPClock()
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
    let bench = FakePTPClock()
    bench.change { $0.tai = nil }
    let log = ClockEventLog()
    let follower = follower(bench, log) { $0.timescale = .tai }
    run(follower, bench, seconds: 5)
    #expect(follower.state.state == .waiting)
    #expect(follower.state.reason.contains("leap_seconds_file"))
    #expect(log.count(.taiUnknown) == 1)
    #expect(bench.state.withLock { $0.steps == 0 && $0.units == 0 })
  }

  @Test func itWaitsForASynchronizedSystemClock() {
    let bench = FakePTPClock()
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
    let bench = FakePTPClock()
    let log = ClockEventLog()
    let follower = follower(bench, log)
    run(follower, bench, seconds: 60)
    bench.change { $0.shown = $0.shown + .milliseconds(5) }
    run(follower, bench, seconds: 60)
    #expect(log.count(.hardwareClockMoved) > 0)
    #expect(follower.state.moves == 1)
    #expect(bench.offset.magnitude < .microseconds(1))
  }

  @Test func aSecondOwnerIsRefused() {
    let bench = FakePTPClock()
    bench.change { $0.isLocked = true }
    let log = ClockEventLog()
    let follower = follower(bench, log)
    run(follower, bench, seconds: 3)
    #expect(follower.state.state == .refused)
    #expect(follower.state.owner == "another tompiond")
    #expect(log.count(.hardwareClockOwned) == 1)
    #expect(bench.state.withLock { $0.steps == 0 })
  }

  /// A rival that was seen stays one where its descriptors are not shown any more, until it ends.
  @Test func aRivalIsRememberedWhenItMayNotBeLookedInto() {
    let bench = FakePTPClock()
    let log = ClockEventLog()
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

  /// Two entries for one device, spelled differently: the second is told who has it, and never touches it.
  @Test func aDeviceSpelledTwiceHasOneEntry() {
    let bench = FakePTPClock()
    let log = ClockEventLog()
    let claims = DeviceClaims()
    let first = follower(bench, log, claims: claims)
    let second = follower(
      bench, log,
      {
        $0.name = "again"; $0.device = "/dev//ptp0"
      }, claims: claims)
    for _ in 0..<3 {
      run(first, bench, seconds: 1)
      second.turn()
    }
    #expect(bench.state.withLock { $0.openings } == [.steer])
    #expect(first.state.state != .refused)
    #expect(second.state.state == .refused)
    #expect(second.state.owner == "the entry \"nic\"")
    let told = log.events.filter { $0.number == EventKind.hardwareClockOwned.rawValue }
    #expect(told.count == 1 && told.first?.source == "again")
    for word in ["\"nic\"", "\"/dev/ptp-of-a-test\"", "\"/dev//ptp0\"", "[[hardware_clock]]"] {
      #expect(told.first?.text.contains(word) == true, "\(told)")
    }
    // One that was away for a moment is still the first one's.
    bench.change { $0.isGone = true }
    first.turn()
    #expect(first.state.state == .failed)
    bench.change { $0.isGone = false }
    second.turn()
    #expect(second.state.state == .refused)
    run(first, bench, seconds: 60)
    #expect(first.state.state == .locked)
  }

  @Test func watchedIsNeverTouched() {
    let bench = FakePTPClock()
    let follower = follower(bench) { $0.follows = .none }
    run(follower, bench, seconds: 30)
    #expect(follower.state.state == .watched)
    #expect(follower.state.offset == bench.offset)
    #expect(bench.state.withLock { $0.steps == 0 && $0.units == 0 })
  }

  @Test func aLostDeviceIsToldAndOpenedAgain() {
    let bench = FakePTPClock()
    let log = ClockEventLog()
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
    let bench = FakePTPClock()
    let follower = follower(bench)
    run(follower, bench, seconds: 60)
    bench.change { $0.realtime += 400_000 }
    run(follower, bench, seconds: 1)
    follower.release()
    #expect((bench.state.withLock { Double($0.units) / 65536 } + 40).magnitude < 5)
  }
}
