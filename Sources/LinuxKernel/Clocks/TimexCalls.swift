// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// The two things a system clock asks of the kernel; tests put a fake kernel in their place.
package struct TimexCalls: Sendable {
  /// adjtimex(2): 0, or -errno. The struct comes back as the kernel left it.
  package var adjust: @Sendable (inout clinux_timex_t) -> Int32
  /// CLOCK_REALTIME and the raw counter together.
  package var pair: @Sendable () -> ClockPair

  package init(adjust: @escaping @Sendable (inout clinux_timex_t) -> Int32, pair: @escaping @Sendable () -> ClockPair) {
    self.adjust = adjust
    self.pair = pair
  }

  /// The host's real clock.
  package static let kernel = TimexCalls(
    // The address of the caller's struct, for the call.
    adjust: { timex in unsafe clinux_adjtimex(&timex) },
    pair: ClockPair.realtime)
}
