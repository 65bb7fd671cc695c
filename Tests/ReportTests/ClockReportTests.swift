// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Report

@Suite struct ClockReportTests {
  static var clock: ClockReport {
    var clock = ClockReport()
    clock.name = "nic"
    clock.device = "/dev/ptp0"
    clock.kind = .hardware
    clock.timescale = "tai"
    clock.owner = "tompiond (pid 12)"
    clock.follows = "system"
    clock.servo = "pi"
    clock.state = .locked
    clock.offset = TimeInterval(nanoseconds: -17)
    clock.frequency = .partsPerBillion(-40_000)
    clock.maximumFrequency = .partsPerBillion(62_499_999)
    clock.taiOffset = 37
    clock.method = "PTP_SYS_OFFSET_PRECISE"
    clock.readingError = TimeInterval(nanoseconds: 1)
    clock.samples = 9
    clock.lost = 4
    clock.steps = 1
    clock.moves = 2
    return clock
  }

  @Test func jsonThereAndBack() throws {
    let clock = Self.clock
    let read = ClockReport(json: clock.json)
    #expect(read.offset == clock.offset && read.taiOffset == 37 && read.state == .locked && read.kind == .hardware)
    var same = read
    same.frequency = clock.frequency
    same.maximumFrequency = clock.maximumFrequency
    #expect(same == clock)
    #expect(read.frequency.map { ($0.partsPerBillion + 40_000).magnitude < 1e-6 } == true)
  }
}
