// SPDX-License-Identifier: Apache-2.0

import Engine
import LinuxKernel
import Report
import Synchronization
import Testing
import TimeTypes

@testable import Runtime
@testable import Settings

@Suite struct SystemFeedTests {
  /// A feed, its clock, and what arrives at [discipline].
  private final class Rig {
    let clock = FakePTPClock()
    let log = ClockEventLog()
    let claims = DeviceClaims()
    let port = DisciplinePort(advise: { _, _ in }, stepped: { _ in }, published: {}, logged: {})
    var wakes = 0
    private(set) var feed: SystemFeed?

    init(_ kind: ClockStampSource.Kind = .system, _ change: (inout HardwareClockConfiguration) -> Void = { _ in })
      throws
    {
      var settings = HardwareClockConfiguration()
      settings.device = "/dev/ptp-of-a-test"
      settings.name = "gnss"
      settings.poll = -2
      change(&settings)
      let clock = clock
      let source =
        switch kind {
        case .system: try clock.stampSource()
        case .virtual:
          VirtualClock(
            initialOffset: .milliseconds(250), start: clock.pair, readRaw: { clock.pair.raw }
          ).stampSource
        }
      feed = SystemFeed(
        settings, number: 1, port: port, stampSource: source, claims: claims, access: clock.access(),
        readPair: { clock.pair }, raise: { [log] in log.events.append($0) }, wake: { [unowned self] in wakes += 1 })
    }

    func turn(_ times: Int = 1) {
      for _ in 0..<times {
        clock.advance(0.25)
        feed?.turn()
      }
    }

    var state: ClockReport { feed?.state ?? ClockReport() }

    func arrived() -> [Event] {
      var events: [Event] = []
      while let event = port.hardware.pop() { events.append(event) }
      return events
    }

    func samples() -> [Sample] {
      arrived().compactMap { if case .sample(let sample, _) = $0 { sample } else { nil } }
    }
  }

  @Test func itIsAnnouncedOnceAndEachReadingIsASample() throws {
    let rig = try Rig()
    rig.turn(3)
    let events = rig.arrived()
    #expect(events.count == 4 && rig.wakes == 3)
    guard case .sourceAdded(let id, let options, _) = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(id == SystemFeed.source && options.referenceClock && options.minimumPoll == -2 && options.maximumPoll == -2)
    guard case .sample(let sample, _) = events.last else {
      Issue.record("\(events)")
      return
    }
    let shown = rig.clock.state.withLock { $0.shown }
    #expect(sample.source == SystemFeed.source && sample.sequence == 3)
    #expect(sample.reference.nanoseconds == shown.nanoseconds)
    // What the hardware latched together needs nothing worked out.
    #expect(sample.local == rig.clock.pair.time && sample.raw == rig.clock.pair.raw)
    #expect(sample.timescale == .tai && sample.stratum == 0 && sample.poll == -2)
    #expect(sample.flags.contains(.oneWay) && sample.dispersionNanoseconds == 1)
    #expect(rig.state.samples == 3 && rig.state.state == .watched && rig.state.owner == "not tompiond")
  }

  @Test func aClockOfUTCSaysSo() throws {
    let rig = try Rig { $0.timescale = .utc }
    rig.turn()
    #expect(rig.samples().map(\.timescale) == [.utc])
  }

  /// The stamp is of the clock that is disciplined, not of the host's.
  @Test func aVirtualClockIsStampedByItsOwnLine() throws {
    let rig = try Rig(.virtual)
    rig.turn()
    #expect(rig.samples().map(\.local) == [rig.clock.pair.time + .milliseconds(250)])
  }

  /// It is read, whatever happens: nothing is written, and no lock is asked for.
  @Test func itIsNeverSteered() throws {
    let rig = try Rig()
    rig.clock.change { $0.isLocked = true }
    rig.turn(40)
    #expect(rig.clock.state.withLock { $0.openings == [.observe] && $0.steps == 0 && $0.units == 0 })
    #expect(rig.state.state == .watched)
  }

  @Test func whatFindsNoPlaceIsCounted() throws {
    let rig = try Rig()
    rig.turn(100)
    let arrived = UInt64(rig.samples().count)
    #expect(arrived > 0 && arrived < 100)
    #expect(rig.state.lost == 100 - arrived && rig.state.samples == 100)
    rig.turn()
    #expect(rig.samples().map(\.sequence) == [101])
  }

  @Test func aLostDeviceIsToldOnceAndOpenedAgain() throws {
    let rig = try Rig()
    rig.turn(2)
    rig.clock.change { $0.isGone = true }
    rig.turn(4)
    #expect(rig.state.state == .failed && rig.state.reason.contains("/dev/ptp-of-a-test"))
    let told = rig.log.count(.hardwareClockFailed)
    #expect(told >= 1)
    rig.turn(4)
    #expect(rig.log.count(.hardwareClockFailed) == told)
    #expect(rig.samples().count == 2)
    rig.clock.change { $0.isGone = false }
    rig.turn(2)
    #expect(rig.state.state == .watched && rig.samples().count == 2)
    #expect(rig.log.count(.hardwareClockReady) == 2)
  }

  @Test func aJumpOfTheReferenceIsTold() throws {
    let rig = try Rig()
    rig.turn(4)
    #expect(rig.state.moves == 0)
    rig.clock.change { $0.shown = $0.shown + .milliseconds(50) }
    rig.turn(4)
    #expect(rig.state.moves == 1 && rig.log.count(.hardwareClockMoved) == 1)
    // The engine decides what to make of it.
    #expect(rig.samples().count == 8)
  }

  @Test func anotherEntrysDeviceIsNotFollowed() throws {
    let rig = try Rig()
    let owner = DeviceClaims.Owner(name: "nic", spelling: "eth0")
    #expect(rig.claims.claim(.number(0), for: owner) == nil)
    rig.turn(3)
    #expect(rig.arrived().isEmpty && rig.clock.state.withLock { $0.openings.isEmpty })
    #expect(rig.state.state == .refused && rig.log.count(.hardwareClockOwned) == 1)
    for word in ["\"nic\"", "\"eth0\"", "\"/dev/ptp-of-a-test\""] { #expect(rig.state.reason.contains(word)) }
  }
}
