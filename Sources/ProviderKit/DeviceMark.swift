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
  /// Of an external time stamp.
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
}
