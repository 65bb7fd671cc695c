// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import TimeTypes

/// The disciplined clock at moments that a device or a loop tells by the raw counter.
extension KernelClocks {
  /// What the clock showed at a raw moment of the last second or so; nil = there is no such clock. [capture]
  func stamp(at raw: RawInstant, kind: StampKind) -> Stamp? {
    if let stamper {
      var stamp = stamper.stamp(at: raw)
      if stamp.errorNanoseconds != .max {
        stamp.kind = kind
        return stamp
      }
    }
    // In a child, or before the clock's history: from now back. Even at the kernel's fastest slew that is wrong by less than a
    // thousandth of what has passed.
    guard var stamp = read(.system) else { return nil }
    let since = stamp.raw - raw
    stamp.time = stamp.time - since
    stamp.raw = raw
    stamp.kind = kind
    let passed = since.magnitude.nanoseconds / 1000
    stamp.errorNanoseconds = UInt32(clamping: Int64(stamp.errorNanoseconds) + passed)
    return stamp
  }
}
