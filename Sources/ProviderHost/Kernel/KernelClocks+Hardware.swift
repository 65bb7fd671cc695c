// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxKernel
import TimeTypes

/// The better of two stamps of one packet: the card's, where it can be turned into the disciplined clock's time and does not contradict
/// the kernel's, else the kernel's. Docs/timestamps.md says what each means.
extension KernelClocks {
  /// A card's stamp further than this from the kernel's belongs to another packet or clock.
  static let plausible = TimeInterval.milliseconds(50)

  /// A packet that came: RX latency and the time of the frame are taken into account. nil = there is neither stamp. [capture]
  func received(_ slot: clinux_datagram_t, notBefore: RawInstant) -> Stamp? {
    let software =
      slot.flags & CLINUX_DATAGRAM_SOFTWARE != 0 ? stamp(realtime: slot.software_ns, notBefore: notBefore) : nil
    guard slot.flags & CLINUX_DATAGRAM_HARDWARE != 0 else { return software }
    let index = slot.hardware_interface != 0 ? slot.hardware_interface : slot.interface_index
    guard let place = hardware.place(of: index) else { return software }
    let interface = hardware.interfaces[place]
    // Cards stamp the beginning of a frame; what NTP calls its arrival is the end.
    let correction =
      interface.frameTime(length: slot.frame_length) &- Int64(interface.receiveLatency)
    guard let stamp = turned(slot.hardware_ns, place, correction, software, notBefore: notBefore) else {
      hardware.report.count(.unusable, interface: place)
      return software
    }
    hardware.report.count(.received, interface: place)
    return stamp
  }

  /// A packet that left by an interface. nil = there is neither stamp. [capture]
  func departed(realtime: Int64?, hardware nanoseconds: Int64?, interface index: UInt32, sent: RawInstant) -> Stamp? {
    let software = realtime.flatMap { stamp(realtime: $0, notBefore: sent) }
    guard let nanoseconds, let place = hardware.place(of: index) else { return software }
    let correction = Int64(hardware.interfaces[place].transmitLatency)
    guard let stamp = turned(nanoseconds, place, correction, software, notBefore: sent) else {
      hardware.report.count(.unusable, interface: place)
      return software
    }
    hardware.report.count(.transmitted, interface: place)
    return stamp
  }

  /// A packet whose card did not tell its stamp in time.
  func missed(realtime: Int64, interface index: UInt32, sent: RawInstant) -> Stamp? {
    if let place = hardware.place(of: index) { hardware.report.count(.missed, interface: place) }
    return stamp(realtime: realtime, notBefore: sent)
  }

  private func turned(
    _ nanoseconds: Int64, _ place: Int, _ correction: Int64, _ software: Stamp?, notBefore: RawInstant
  ) -> Stamp? {
    guard let stamper, let found = hardware.raw(of: nanoseconds, place: place) else { return nil }
    let raw = found.raw + TimeInterval(nanoseconds: correction)
    if let software {
      guard (raw - software.raw).magnitude <= Self.plausible else { return nil }
    } else {
      guard raw >= notBefore - Self.plausible, raw <= stamper.map.newest.raw + Self.plausible else { return nil }
    }
    var stamp = stamper.stamp(at: raw)
    guard stamp.errorNanoseconds != .max else { return nil }
    stamp.kind = .hardware
    stamp.errorNanoseconds = UInt32(clamping: UInt64(stamp.errorNanoseconds) + UInt64(found.errorNanoseconds))
    return stamp
  }
}
