// SPDX-License-Identifier: Apache-2.0

import Engine
import LinuxKernel
import Report
import TimeTypes

/// Sets the battery-backed clock as the daemon ends, so that the next start begins near the truth (`[clock.rtc] trim`). Only by a clock that is
/// synchronized and steered by this daemon, and never one that looks as if it kept local time. [control]
struct RTCTrim {
  private let path: String
  private let clock: RTCDevice

  /// A clock that may be wrong by more than this names no second.
  static let widest = TimeInterval.milliseconds(400)
  /// Later than this after its moment the second is not written: the next one is waited for.
  static let late = TimeInterval.milliseconds(20)
  static let attempts = 3

  init(_ path: String, _ clock: RTCDevice) {
    self.path = path
    self.clock = clock
  }

  /// Why another clock is not to be set by this one; nil = it can be.
  static func reason(_ report: DisciplineReport?, now: RawInstant) -> String? {
    guard let report else { return "the discipline does not say how the clock is" }
    guard case .steering = report.steering else { return "the clock is not steered by this daemon" }
    guard report.state.synchronized else { return "the clock is not synchronized" }
    guard case .good = report.sanity else { return "the clock is far from what its sources agree on" }
    let grown = TimeInterval(seconds: (now - report.state.raw).inSeconds * report.state.dispersionRate.ratio)
    let bound = report.state.boundHard + grown
    return bound < widest ? nil : "the clock may be wrong by \(Quantity.span(bound))"
  }

  /// The next second that can be written in time, and the moment to write it at, both by UTC since 1970.
  static func next(after now: TimeInterval, settling: TimeInterval) -> (second: Int64, moment: TimeInterval) {
    var second = now.nanoseconds / 1_000_000_000
    var moment = TimeInterval.seconds(second) + settling
    if moment <= now {
      second += 1
      moment = .seconds(second) + settling
    }
    return (second, moment)
  }

  /// Does it, within four seconds. `utc`: the clock; `pause`: waits for so long or a little more.
  func run(
    _ report: DisciplineReport?, now: RawInstant, utc: () -> TimeInterval, pause: (TimeInterval) -> Void
  ) -> EventRecord {
    if let reason = Self.reason(report, now: now) { return left(reason) }
    do {
      let shown = try clock.read()
      let offset = TimeInterval.seconds(shown) - .seconds(utc().nanoseconds / 1_000_000_000)
      guard !offset.isLikeTimeZone else {
        return left("it is off by \(offset.timeZoneMinutes) min, a time zone, and may keep local time")
      }
      for _ in 0..<Self.attempts {
        let (second, moment) = Self.next(after: utc(), settling: clock.settling)
        // The moment is a second away at most.
        for _ in 0..<1500 {
          let rest = moment - utc()
          guard rest > .zero else { break }
          pause(min(rest, .milliseconds(1)))
        }
        let lateness = utc() - moment
        guard !lateness.isNegative, lateness < Self.late else { continue }
        try clock.set(second)
        guard (second...second + 1).contains(try clock.read()) else { return left("it does not take the time") }
        return EventRecord(.rtcSet, text: "\(path) was set; it was \(Self.text(of: offset))")
      }
    } catch { return left(error.description) }
    return left("this host is too busy to set it in time")
  }

  /// It tells whole seconds.
  private static func text(of offset: TimeInterval) -> String {
    let seconds = offset.magnitude.nanoseconds / 1_000_000_000
    return seconds <= 1 ? "right to a second" : "\(seconds) s \(offset.isNegative ? "behind" : "ahead")"
  }

  private func left(_ reason: String) -> EventRecord {
    EventRecord(.rtcLeft, text: "\(path) was left as it is: \(reason)")
  }
}
