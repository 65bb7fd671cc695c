// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import TimeTypes

/// Tells what the io_uring of the capture role had to recover from, once a minute at most: a flood makes its numbers rise all the
/// time. [control]
struct RingWatch {
  private let report: UringReport
  private var told = UringCounters()
  private var next = RawInstant(nanoseconds: .min)
  static let pause = TimeInterval.seconds(60)

  init(_ report: UringReport) { self.report = report }

  /// A line for the log if something rose since the last one.
  mutating func news(now: RawInstant) -> String? {
    guard now >= next else { return nil }
    let counters = report.load()
    let rise = counters.rise(since: told)
    guard !rise.isEmpty else { return nil }
    told = counters
    next = now + Self.pause
    return "io_uring went on after: \(rise)"
  }
}
