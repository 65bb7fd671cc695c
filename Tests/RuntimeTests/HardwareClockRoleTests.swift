// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Synchronization
import Testing
import TimeTypes

@testable import Runtime
@testable import Settings

@Suite struct HardwareClockRoleTests {
  /// A role over clocks of a machine of its own, whose time is theirs.
  private struct Rig {
    let clock = FakePTPClock()
    let news = HardwareClockNews(wake: {})
    let port = DisciplinePort(advise: { _, _ in }, stepped: { _ in }, published: {}, logged: {})
    let role: HardwareClockRole

    init(_ toml: String, others: [HardwareClockConfiguration.Device: UInt64] = [:]) throws {
      let configuration = try Configuration(toml: toml, file: "t.toml")
      let clock = clock
      role = HardwareClockRole(
        configuration, port: port,
        stampSource: try clock.stampSource(), news: news,
        access: clock.access(others: others), glance: clock.glance, now: { clock.pair.raw }, wakeDiscipline: {})
    }

    var states: [ClockReport.State] { news.clocks().map(\.state) }

    /// Turns as its thread does: whenever it is due.
    func run(seconds: Double) {
      for _ in 0..<Int(seconds * 16) {
        clock.advance(1.0 / 16)
        if role.deadline <= clock.pair.raw { role.turn() }
      }
    }
  }

  private static func entry(_ device: String, _ rest: String = "") -> String {
    "[[hardware_clock]]\ndevice = \"\(device)\"\n\(rest)\n"
  }

  @Test func everyClockIsShownBeforeAnyIsOpen() throws {
    let rig = try Rig(Self.entry("/dev/ptp0") + Self.entry("/dev/ptp1", "follows = \"system\""))
    #expect(rig.news.clocks().map(\.name) == ["/dev/ptp0", "/dev/ptp1"])
    #expect(rig.states == [.starting, .starting])
    #expect(rig.clock.state.withLock { $0.openings.isEmpty })
  }

  @Test func prepareOpensEachAsItsLotIs() throws {
    let rig = try Rig(
      "[clock]\nfollows = \"/dev/ptp0\"\n" + Self.entry("/dev/ptp0") + Self.entry("/dev/ptp1", "follows = \"system\"")
        + Self.entry("/dev/ptp2"),
      others: [.path("/dev/ptp1"): 1, .path("/dev/ptp2"): 2])
    rig.role.prepare()
    #expect(rig.clock.state.withLock { $0.openings } == [.observe, .steer, .observe])
    #expect(rig.states == [.watched, .starting, .watched])
    #expect(rig.news.take().count == 3)
  }

  /// 2^poll seconds each, whatever the others want.
  @Test func eachIsReadAtItsOwnInterval() throws {
    let rig = try Rig(
      Self.entry("/dev/ptp0", "poll = -2") + Self.entry("/dev/ptp1", "poll = 1\ntimescale = \"utc\""),
      others: [.path("/dev/ptp1"): 1])
    rig.role.prepare()
    #expect(rig.role.deadline <= rig.clock.pair.raw)
    rig.run(seconds: 20)
    let samples = rig.news.clocks().map(\.samples)
    #expect((79...81).contains(samples[0]) && (10...11).contains(samples[1]), "\(samples)")
  }

  /// Who follows which is decided before anything is steered: a PHC cannot follow the clock that follows it.
  @Test(arguments: [true, false])
  func aDeviceSpelledTwiceIsTheFirstEntrys(isFollowedFirst: Bool) throws {
    let followed = Self.entry("/dev/ptp0", "timescale = \"utc\"")
    let steered = Self.entry("/dev//ptp0", "follows = \"system\"\ntimescale = \"utc\"")
    let rig = try Rig(
      "[clock]\nfollows = \"/dev/ptp0\"\n" + (isFollowedFirst ? followed + steered : steered + followed))
    rig.role.prepare()
    rig.run(seconds: 30)
    #expect(rig.clock.state.withLock { $0.openings } == [isFollowedFirst ? .observe : .steer])
    #expect(rig.states.last == .refused && rig.states.first != .refused)
    #expect(rig.port.hardware.isEmpty != isFollowedFirst)
    #expect(rig.clock.state.withLock { ($0.steps == 0) == isFollowedFirst })
    let owned = rig.news.take().filter { $0.number == EventKind.hardwareClockOwned.rawValue }
    #expect(owned.count == 1 && owned.first?.source == (isFollowedFirst ? "/dev//ptp0" : "/dev/ptp0"))
  }

  /// A device that is not there is not hammered.
  @Test func whatCannotBeOpenedIsTriedEveryTenSeconds() throws {
    let rig = try Rig(Self.entry("/dev/ptp0", "poll = -4"))
    rig.clock.change { $0.isGone = true }
    rig.run(seconds: 0.1)
    #expect(rig.states == [.failed])
    let wait = rig.role.deadline - rig.clock.pair.raw
    #expect(wait > .seconds(9) && wait <= .seconds(10))
    rig.clock.change { $0.isGone = false }
    rig.run(seconds: 9)
    #expect(rig.states == [.failed])
    rig.run(seconds: 2)
    #expect(rig.states == [.watched])
  }

  @Test func releaseLeavesNoSlew() throws {
    // The PI servo's rest is its sum, which a slew is part of.
    let rig = try Rig(Self.entry("/dev/ptp0", "follows = \"system\"\ntimescale = \"utc\"\nservo = \"engine\""))
    rig.run(seconds: 60)
    #expect(rig.states == [.locked])
    rig.clock.change { $0.realtime += 400_000 }
    var slewing = -40.0
    for _ in 0..<20 where (slewing + 40).magnitude <= 5 {
      rig.run(seconds: 1)
      slewing = rig.clock.state.withLock { Double($0.units) / 65536 }
    }
    #expect((slewing + 40).magnitude > 5)
    rig.role.release()
    #expect((rig.clock.state.withLock { Double($0.units) / 65536 } + 40).magnitude < 5)
  }

  @Test func withoutClocksItNeverWakesUp() throws {
    let rig = try Rig("")
    #expect(rig.role.deadline == RawInstant(nanoseconds: .max))
  }
}
