// SPDX-License-Identifier: Apache-2.0

import CLinux

/// What a battery-backed clock is asked of the kernel once it is open; tests put a fake one in its place. Each call gives 0 or -errno. [control]
package struct RTCCalls: Sendable {
  package var read: @Sendable (Int32, inout Int64) -> Int32
  package var set: @Sendable (Int32, Int64) -> Int32

  package init(
    read: @escaping @Sendable (Int32, inout Int64) -> Int32, set: @escaping @Sendable (Int32, Int64) -> Int32
  ) {
    self.read = read
    self.set = set
  }

  /// The address is of the caller's memory, for the call.
  static let kernel = RTCCalls(
    read: { descriptor, seconds in unsafe clinux_rtc_read(descriptor, &seconds) },
    set: { descriptor, seconds in clinux_rtc_set(descriptor, seconds) })
}
