// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
package import TimeTypes

/// CLOCK_REALTIME with what the kernel knows of it, for clocks that follow it. Nothing is changed. [control or discipline]
package struct SystemGlance: Sendable, BitwiseCopyable, Equatable {
  package var pair: ClockPair
  package var frequency: Frequency
  /// TAI − UTC, s; nil = nobody told the kernel.
  package var taiOffset: Int16?
  /// Not STA_UNSYNC.
  package var isSynchronized: Bool

  /// As of now; nil = the kernel does not let it be read.
  package init?(calls: TimexCalls = .kernel) {
    var timex = clinux_timex_t()
    guard calls.adjust(&timex) >= 0 else { return nil }
    pair = calls.pair()
    frequency = TimexFrequency(timex).frequency
    taiOffset = timex.tai == 0 ? nil : Int16(exactly: timex.tai)
    isSynchronized = timex.status & clinux_sta_unsync == 0
  }

  /// UTC at a raw moment close by.
  package func utc(at raw: RawInstant) -> TimeInterval {
    let elapsed = raw - pair.raw
    return pair.time + elapsed + TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * frequency.ratio)
  }

  /// Whether nothing happened to the clock from this glance to a later one: no step, no leap second.
  package func agrees(with later: SystemGlance) -> Bool {
    guard taiOffset == later.taiOffset else { return false }
    return (later.pair.time - utc(at: later.pair.raw)).magnitude < .milliseconds(1)
  }
}
