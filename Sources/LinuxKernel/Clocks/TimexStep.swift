// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// An interval as ADJ_SETOFFSET with ADJ_NANO wants it: rounded to nanoseconds, seconds towards −∞ and nanoseconds never negative
/// (timekeeping_inject_offset).
struct TimexStep: Sendable, BitwiseCopyable, Equatable {
  let seconds: Int64
  let nanoseconds: Int64

  private static let nanosecondsPerSecond: Int64 = 1_000_000_000

  init(_ interval: TimeInterval) {
    let rounded = interval.nanoseconds &+ (interval.subnanoseconds >= 0x8000 && interval.nanoseconds < .max ? 1 : 0)
    let rest = rounded % Self.nanosecondsPerSecond
    seconds = rounded / Self.nanosecondsPerSecond - (rest < 0 ? 1 : 0)
    nanoseconds = rest < 0 ? rest + Self.nanosecondsPerSecond : rest
  }

  /// What it amounts to, rounding included.
  var interval: TimeInterval { TimeInterval(nanoseconds: seconds &* Self.nanosecondsPerSecond &+ nanoseconds) }
}
