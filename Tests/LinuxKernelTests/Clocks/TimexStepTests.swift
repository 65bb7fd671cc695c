// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct TimexStepTests {
  @Test(arguments: [
    (TimeInterval.zero, Int64(0), Int64(0)), (.milliseconds(-250), -1, 750_000_000), (.seconds(-2), -2, 0),
    (.seconds(37), 37, 0), (TimeInterval(nanoseconds: -1), -1, 999_999_999),
    (TimeInterval(nanoseconds: 1, subnanoseconds: 0x8000), 0, 2),
    (TimeInterval(nanoseconds: 1, subnanoseconds: 0x7fff), 0, 1),
    (TimeInterval(nanoseconds: -1, subnanoseconds: 0x8000), 0, 0),
  ])
  func secondsGoDownAndNanosecondsAreNeverNegative(interval: TimeInterval, seconds: Int64, nanoseconds: Int64) {
    let step = TimexStep(interval)
    #expect(step.seconds == seconds && step.nanoseconds == nanoseconds)
    #expect(step.interval == TimeInterval(nanoseconds: seconds * 1_000_000_000 + nanoseconds))
  }
}
