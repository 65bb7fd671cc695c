// SPDX-License-Identifier: Apache-2.0

import CardLines
import LinuxKernel
import Report
import TimeTypes

/// Tells what became of the cards' stamps and clocks: a clock that jumped, stands still or runs again at once, stamps that were missed
/// once a minute at most. [control]
struct CardWatch {
  private struct Known {
    var state = CardLine.State.running
    var jumps: UInt64 = 0
    var failures: UInt64 = 0
  }

  private let stamping: HardwareStamping
  private var clocks: [Known]
  private var missed: [UInt64]
  private var nextMissed: [RawInstant]
  static let pause = TimeInterval.seconds(60)

  init(_ stamping: HardwareStamping) {
    self.stamping = stamping
    clocks = Array(repeating: Known(), count: stamping.devices.count)
    missed = Array(repeating: 0, count: stamping.interfaces.count)
    nextMissed = Array(repeating: RawInstant(nanoseconds: .min), count: stamping.interfaces.count)
  }

  /// Events since the last look.
  mutating func news(now: RawInstant) -> [EventRecord] {
    var events: [EventRecord] = []
    for index in clocks.indices { look(atClock: index, &events) }
    for place in missed.indices {
      let counts = stamping.report.interface(place)
      let total = counts.missed &+ counts.unusable
      guard total != missed[place], now >= nextMissed[place] else { continue }
      let name = stamping.interfaces[place].name
      let rise = total &- missed[place]
      events.append(
        EventRecord(
          .hardwareStampsMissed, source: name,
          text:
            "interface \(name): \(rise) \(rise == 1 ? "stamp" : "stamps") of its card came late, not at all or of no use "
            + "(\(counts.missed) missed, \(counts.unusable) unusable since the start): the kernel's were used",
          details: [
            EventDetail("missed", .integer(Int64(clamping: counts.missed))),
            EventDetail("unusable", .integer(Int64(clamping: counts.unusable))),
          ]))
      missed[place] = total
      nextMissed[place] = now + Self.pause
    }
    return events
  }

  private mutating func look(atClock index: Int, _ events: inout [EventRecord]) {
    let clock = stamping.report.clock(index)
    let path = stamping.devices[index].path
    let known = clocks[index]
    let isBad = clock.state == .stopped || clock.state == .wild
    let wasBad = known.state == .stopped || known.state == .wild
    if isBad, clock.state != known.state {
      let what = clock.state == .stopped ? "stands still" : "runs more than 1 % wrong"
      events.append(
        EventRecord(
          .hardwareClockSuspect, source: path,
          text: "the clock \(path) \(what): its stamps are not used until it runs as a clock should"))
    } else if wasBad, clock.state == .running {
      events.append(
        EventRecord(.hardwareClockRunning, source: path, text: "the clock \(path) runs again: its stamps are used"))
    }
    if clock.jumps != known.jumps {
      events.append(
        EventRecord(
          .hardwareClockSuspect, source: path,
          text: "somebody moved the clock \(path): stamps from before are not used, its line begins again",
          details: [EventDetail("jumps", .integer(Int64(clamping: clock.jumps)))]))
    }
    if clock.failures > 0, known.failures == 0 {
      events.append(
        EventRecord(
          .hardwareClockSuspect, source: path,
          text: "the clock \(path) cannot be read: its stamps are not used while that lasts"))
    }
    // What is only in doubt is not news.
    if isBad || clock.state == .running { clocks[index].state = clock.state }
    clocks[index].jumps = clock.jumps
    clocks[index].failures = clock.failures
  }
}
