// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A PTP hardware clock and the raw counter at one moment.
package struct PHCReading: Sendable, BitwiseCopyable, Equatable {
  package var raw: RawInstant
  /// What the device showed, since its own epoch: TAI or UTC of 1970 where somebody set it so, else anything.
  package var device: TimeInterval
  /// How far the two may be apart in truth, one-sided: half of the bracket.
  package var errorNanoseconds: UInt32
  /// CLOCK_REALTIME at the same moment, where the hardware latched it, too.
  package var realtime: TimeInterval?

  package init(raw: RawInstant, device: TimeInterval, errorNanoseconds: UInt32, realtime: TimeInterval? = nil) {
    self.raw = raw
    self.device = device
    self.errorNanoseconds = errorNanoseconds
    self.realtime = realtime
  }
}

/// How a PTP hardware clock is read beside the system's clocks (Linux, include/uapi/linux/ptp_clock.h), best first. The numbers are the ABI's, too (TOMPION_READING_*).
package enum PHCMethod: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// PTP_SYS_OFFSET_PRECISE: the hardware latches both at once.
  case precise = 1
  /// PTP_SYS_OFFSET_EXTENDED beside CLOCK_MONOTONIC_RAW (Linux 6.12): the driver brackets the one register that counts.
  case extendedRaw
  /// The same beside CLOCK_REALTIME.
  case extended
  /// PTP_SYS_OFFSET: the whole driver call is bracketed.
  case plain

  /// For people.
  package var text: String {
    switch self {
    case .precise: "PTP_SYS_OFFSET_PRECISE"
    case .extendedRaw: "PTP_SYS_OFFSET_EXTENDED (raw)"
    case .extended: "PTP_SYS_OFFSET_EXTENDED"
    case .plain: "PTP_SYS_OFFSET"
    }
  }
}
