// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// What a hardware or auxiliary clock asks of the kernel besides being read; tests put a fake one in its place. Each call gives 0 or
/// -errno.
package struct DeviceClockCalls: Sendable {
  /// clock_adjtime(2) on a clock id. The struct comes back as the kernel left it.
  package var adjust: @Sendable (_ clock: Int32, inout clinux_timex_t) -> Int32
  /// PTP_CLOCK_GETCAPS.
  package var describe: @Sendable (_ descriptor: Int32, inout clinux_phc_capabilities_t) -> Int32
  /// flock(2) on the open device.
  package var lock: @Sendable (_ descriptor: Int32) -> Int32
  /// A clock between two readings of the raw counter.
  package var bracket: @Sendable (_ clock: Int32, inout clinux_bracket_t) -> Int32

  package init(
    adjust: @escaping @Sendable (Int32, inout clinux_timex_t) -> Int32,
    describe: @escaping @Sendable (Int32, inout clinux_phc_capabilities_t) -> Int32,
    lock: @escaping @Sendable (Int32) -> Int32,
    bracket: @escaping @Sendable (Int32, inout clinux_bracket_t) -> Int32
  ) {
    self.adjust = adjust
    self.describe = describe
    self.lock = lock
    self.bracket = bracket
  }

  /// The host's own. The addresses are of the callers' structs, for the calls.
  package static let kernel = DeviceClockCalls(
    adjust: { clock, timex in unsafe clinux_clock_adjtime(clock, &timex) },
    describe: { descriptor, capabilities in unsafe clinux_phc_describe(descriptor, &capabilities) },
    lock: { clinux_lock($0) },
    bracket: { clock, bracket in unsafe clinux_clock_bracket(clock, 8, 60, &bracket) })
}
