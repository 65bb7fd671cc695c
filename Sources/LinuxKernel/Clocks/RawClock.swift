// SPDX-License-Identifier: Apache-2.0

import CLinux
package import TimeTypes

/// CLOCK_MONOTONIC_RAW: never slewed, never stepped; deadlines, ages and estimation are counted on it. [any role]
package enum RawClock {
  @inline(__always)
  package static func now() -> RawInstant {
    RawInstant(nanoseconds: clinux_clock_now(CLINUX_CLOCK_MONOTONIC_RAW))
  }
}

/// CLOCK_REALTIME as the kernel shows it now: UTC, if somebody keeps it. [any role]
package enum RealtimeClock {
  package static func now() -> Instant<UTC> {
    Instant(nanoseconds: clinux_clock_now(CLINUX_CLOCK_REALTIME))
  }
}
