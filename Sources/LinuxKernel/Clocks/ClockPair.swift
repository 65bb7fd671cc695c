// SPDX-License-Identifier: Apache-2.0

import CLinux
package import TimeTypes

/// A clock and the raw counter at one moment.
package struct ClockPair: Sendable, BitwiseCopyable, Equatable {
  package var raw: RawInstant
  /// The clock since its epoch.
  package var time: TimeInterval
  /// How far the two may be apart in truth, one-sided: half of the bracket.
  package var errorNanoseconds: UInt32

  package init(raw: RawInstant, time: TimeInterval, errorNanoseconds: UInt32 = 0) {
    self.raw = raw
    self.time = time
    self.errorNanoseconds = errorNanoseconds
  }

  /// CLOCK_REALTIME between two readings of CLOCK_MONOTONIC_RAW, the best of up to four tries. [any role]
  package static func realtime() -> ClockPair {
    var bracket = clinux_bracket_t()
    // Four readings of three clocks cost under 1 µs; a bracket of 60 ns is as good as a vDSO gets.
    // The address of our own struct, for the call; these clocks always exist, so the result cannot be an error.
    _ = unsafe clinux_clock_bracket(CLINUX_CLOCK_REALTIME, 4, 60, &bracket)
    let width = max(bracket.raw_after &- bracket.raw_before, 0)
    return ClockPair(
      raw: RawInstant(nanoseconds: bracket.raw_before &+ width / 2),
      time: TimeInterval(nanoseconds: bracket.clock), errorNanoseconds: UInt32(clamping: width / 2 + 1))
  }
}
