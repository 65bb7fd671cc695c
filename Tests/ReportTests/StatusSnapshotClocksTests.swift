// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Report

@Suite struct StatusSnapshotClocksTests {
  @Test func table() {
    var snapshot = StatusSnapshot()
    #expect(snapshot.clocksText(.plain) == "There is no clock.\n")
    snapshot.clocks = [ClockReportTests.clock]
    snapshot.clocks[0].lost = 0
    let lines = snapshot.clocksText(.plain).split(separator: "\n")
    #expect(lines.count == 2)
    snapshot.clocks[0].lost = 3
    #expect(snapshot.clocksText(.plain).contains("nic: 3 readings lost"))
    for word in ["nic", "/dev/ptp0", "tai", "locked", "system", "pi", "tompiond (pid 12)"] {
      #expect(lines[1].contains(word), "\(word)")
    }
  }

  /// Through the control socket: what the daemon writes is what `tompion clocks` shows.
  @Test func whatWasDroppedIsShownUnlessItIsNothing() throws {
    var snapshot = StatusSnapshot()
    snapshot.clocks = [ClockReportTests.clock]
    #expect(!snapshot.clocksText(.plain).contains("dropped"))
    snapshot.hardwareEventsDropped = 6
    let read = StatusSnapshot(clocksJSON: snapshot.clocksJSON)
    #expect(read.clocks.map(\.name) == ["nic"] && read.hardwareEventsDropped == 6)
    #expect(read.clocksText(.plain).contains("\n6 events of hardware clocks dropped"))
  }
}
