// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import TimeTypes

/// Reading a clock as the daemon does it.
public enum ClockSubject {
  /// Reads the raw counter that often; the last reading.
  @inline(never)
  public static func readRaw(_ count: Int) -> Int64 {
    var last: Int64 = 0
    for _ in 0..<count { last = RawClock.now().nanoseconds }
    return last
  }
}
