// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxKernel
import Synchronization
import Testing
import TimeTypes

@testable import Report
@testable import Runtime

@Suite struct CardWatchTests {
  /// A card whose clock shows what the test says.
  private final class Host: Sendable {
    let raw = Mutex<Int64>(1_000_000_000)
    let device = Mutex<Int64>(9_000_000_000)

    func stamping() throws -> HardwareStamping {
      let cards = StampingCalls(
        describe: { _, abilities in
          abilities.flags = clinux_sof_raw_hardware | clinux_sof_tx_hardware
          abilities.phc = 0
          abilities.tx_types = 3
          return 0
        }, get: { _, _ in 0 }, set: { _, _ in 0 }, linkSpeed: { _ in 1000 },
        interfaces: { [("eth0", 2)] })
      let phc = PHCCalls(
        open: { _, _ in 5 }, close: { _ in },
        precise: { _, stamp in
          stamp.raw = self.raw.withLock { $0 }
          stamp.device = self.device.withLock { $0 }
          return 0
        },
        extended: { _, _, _, _ in -95 }, plain: { _, _, _ in -95 },
        pair: { ClockPair(raw: RawInstant(nanoseconds: 0), time: .zero) })
      return try HardwareStamping([StampingWish(name: "eth0")], calls: cards, phc: phc)
    }

    func pass(raw: Int64, device: Int64? = nil) {
      self.raw.withLock { $0 += raw }
      self.device.withLock { $0 += device ?? raw }
    }
  }

  @Test func clocksAndMissedStampsAreNews() throws {
    let host = Host()
    let stamping = try host.stamping()
    var clocks = CardClocks(stamping, rawNow: { RawInstant(nanoseconds: host.raw.withLock { $0 }) })
    var watch = CardWatch(stamping)
    let second: Int64 = 1_000_000_000
    var now = RawInstant(nanoseconds: 0)
    func kinds(_ watch: inout CardWatch) -> [UInt16] {
      now = now + .seconds(1)
      return watch.news(now: now).map(\.number)
    }
    func look(_ clocks: inout CardClocks) { _ = clocks.raw(of: host.device.withLock { $0 }, place: 0) }
    clocks.prime { host.pass(raw: 25_000_000) }
    #expect(kinds(&watch) == [])
    // Somebody moves it.
    host.pass(raw: second, device: 9 * second)
    look(&clocks)
    #expect(kinds(&watch) == [], "one reading says nothing yet")
    host.pass(raw: second)
    look(&clocks)
    #expect(kinds(&watch) == [EventKind.hardwareClockSuspect.rawValue])
    #expect(kinds(&watch) == [])
    // It stops, and runs again.
    for _ in 0..<3 {
      host.pass(raw: second, device: 0)
      look(&clocks)
    }
    #expect(kinds(&watch) == [EventKind.hardwareClockSuspect.rawValue])
    #expect(stamping.reports[0].state == "stopped")
    for _ in 0..<3 {
      host.pass(raw: second)
      look(&clocks)
    }
    #expect(kinds(&watch) == [EventKind.hardwareClockRunning.rawValue])
    #expect(stamping.reports[0].state == "running" && stamping.reports[0].jumps == 1)
    // Stamps that never came: the first at once, then one line a minute.
    stamping.report.count(.missed, interface: 0)
    #expect(kinds(&watch) == [EventKind.hardwareStampsMissed.rawValue])
    stamping.report.count(.missed, interface: 0)
    stamping.report.count(.unusable, interface: 0)
    #expect(kinds(&watch) == [])
    now = now + .seconds(60)
    let news = watch.news(now: now)
    #expect(news.map(\.number) == [EventKind.hardwareStampsMissed.rawValue])
    #expect(news[0].text.contains("eth0: 2 stamps") && news[0].text.contains("2 missed, 1 unusable"))
    #expect(stamping.reports[0].missed == 2 && stamping.reports[0].unusable == 1)
  }
}
