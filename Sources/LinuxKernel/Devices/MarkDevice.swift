// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Which edges of a pulse are meant.
package struct PulseEdges: OptionSet, Sendable, BitwiseCopyable, Equatable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
  package static let assert = PulseEdges(rawValue: CLINUX_EDGE_ASSERT)
  package static let clear = PulseEdges(rawValue: CLINUX_EDGE_CLEAR)
}

/// Opens what marks moments: /dev/ppsN and /dev/ptpN. [control]
package enum MarkDevice {
  /// A PPS source (RFC 2783) that captures those edges. `enables`: a PTP clock behind it is told to make pulses.
  /// - Throws: ENODEV: no such device; EOPNOTSUPP: it cannot capture them; EPERM: it does not yet, and telling it needs CAP_SYS_TIME.
  package static func openPulses(
    _ path: String, edges: PulseEdges, enables: Bool
  ) throws(KernelError) -> FileDescriptor {
    // The path is read within the call.
    let fd = unsafe path.withCString { unsafe clinux_pps_open($0, edges.rawValue, enables ? 1 : 0) }
    return FileDescriptor(owning: try KernelError.check(fd, "open the PPS device"))
  }

  /// A PTP clock for reading alone, its external time stamp channel and its pulses set up before. A pin of UInt32.max stays as it is.
  package static func openHardwareClock(
    _ path: String, channel: UInt32, pin: UInt32, edges: PulseEdges, enables: Bool
  ) throws(KernelError) -> FileDescriptor {
    // The path is read within the calls.
    let fd = unsafe path.withCString { path in
      if !edges.isEmpty {
        let result = unsafe clinux_phc_request_external(path, channel, pin, edges.rawValue)
        if result < 0 { return result }
      }
      let result = enables ? unsafe clinux_phc_enable_pps(path) : 0
      return result < 0 ? result : unsafe clinux_phc_open(path, 0)
    }
    return FileDescriptor(owning: try KernelError.check(fd, "open the PTP hardware clock"))
  }
}
