// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// What reading a PTP hardware clock asks of the kernel; tests put a fake one in its place.
///
/// Each call gives 0 (or a descriptor) or -errno.
package struct PHCCalls: Sendable {
  /// Opens /dev/ptpN, also for writing if that is asked for.
  package var open: @Sendable (_ path: String, _ writable: Bool) -> Int32
  package var close: @Sendable (Int32) -> Void
  /// PTP_SYS_OFFSET_PRECISE.
  package var precise: @Sendable (Int32, inout clinux_cross_stamp_t) -> Int32
  /// PTP_SYS_OFFSET_EXTENDED beside a clock (CLINUX_CLOCK_REALTIME or _MONOTONIC_RAW): the narrowest of so many readings.
  package var extended: @Sendable (Int32, _ clock: Int32, _ readings: UInt32, inout clinux_bracket_t) -> Int32
  /// PTP_SYS_OFFSET beside CLOCK_REALTIME: the narrowest of so many readings.
  package var plain: @Sendable (Int32, _ readings: UInt32, inout clinux_bracket_t) -> Int32
  /// CLOCK_REALTIME and the raw counter together.
  package var pair: @Sendable () -> ClockPair

  package init(
    open: @escaping @Sendable (String, Bool) -> Int32, close: @escaping @Sendable (Int32) -> Void,
    precise: @escaping @Sendable (Int32, inout clinux_cross_stamp_t) -> Int32,
    extended: @escaping @Sendable (Int32, Int32, UInt32, inout clinux_bracket_t) -> Int32,
    plain: @escaping @Sendable (Int32, UInt32, inout clinux_bracket_t) -> Int32,
    pair: @escaping @Sendable () -> ClockPair
  ) {
    self.open = open
    self.close = close
    self.precise = precise
    self.extended = extended
    self.plain = plain
    self.pair = pair
  }

  /// The host's own devices. The addresses are of the callers' structs, for the calls.
  package static let kernel = PHCCalls(
    open: { path, writable in unsafe path.withCString { unsafe clinux_phc_open($0, writable ? 1 : 0) } },
    close: { _ = clinux_close($0) },
    precise: { descriptor, stamp in unsafe clinux_phc_precise(descriptor, &stamp) },
    extended: { descriptor, clock, readings, bracket in
      unsafe clinux_phc_extended(descriptor, clock, readings, &bracket)
    },
    plain: { descriptor, readings, bracket in unsafe clinux_phc_plain(descriptor, readings, &bracket) },
    pair: ClockPair.realtime)
}
