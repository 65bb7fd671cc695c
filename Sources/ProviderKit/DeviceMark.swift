// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
public import TimeTypes

/// A moment that a device marked (`tompion_device_mark_t`): the edge of a pulse, or a reading of a hardware clock.
public struct DeviceMark: Hashable, Sendable, BitwiseCopyable {
  public var device: UInt32
  /// Which edge; empty = a reading.
  public var edge: DeviceAccess.Edges
  /// Gaps are missed ones.
  public var sequence: UInt32
  /// Of an external time stamp; of a reading how it was made (`reading`).
  public var channel: UInt32
  /// On the disciplined clock.
  public var stamp: Stamp
  /// The device's own clock at that moment (PHC); 0 for pulses.
  public var deviceTime: TimeInterval
  /// How far the two may be apart in truth, one-sided.
  public var errorNanoseconds: UInt32

  init(_ mark: tompion_device_mark_t) {
    device = mark.device
    edge = DeviceAccess.Edges(rawValue: mark.edge)
    sequence = mark.sequence
    channel = mark.channel
    stamp = Stamp(mark.stamp)
    deviceTime = TimeInterval(
      nanoseconds: mark.device_ns, subnanoseconds: UInt16(truncatingIfNeeded: mark.device_subns))
    errorNanoseconds = mark.error_ns
  }

  /// How a hardware clock was read beside the system's (Linux, include/uapi/linux/ptp_clock.h), best first.
  public enum Reading: UInt32, Sendable, BitwiseCopyable, CaseIterable {
    /// The hardware latched both clocks.
    case precise = 1
    /// The driver bracketed the one register that counts by the raw counter.
    case extendedRaw
    /// The same by CLOCK_REALTIME.
    case extended
    /// The whole driver call is bracketed.
    case plain

    /// For people: the system call.
    public var text: String {
      switch self {
      case .precise: "PTP_SYS_OFFSET_PRECISE"
      case .extendedRaw: "PTP_SYS_OFFSET_EXTENDED (raw)"
      case .extended: "PTP_SYS_OFFSET_EXTENDED"
      case .plain: "PTP_SYS_OFFSET"
      }
    }
  }

  /// Of a reading; nil = of an edge, or the host does not say.
  public var reading: Reading? { edge.isEmpty ? Reading(rawValue: channel) : nil }
}
