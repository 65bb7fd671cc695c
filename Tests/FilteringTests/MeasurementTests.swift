// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Filtering

@Suite struct MeasurementTests {
  /// Each direction by itself: with the clock's offset x and the queues of both ways, forward is x + d/2 + its queue.
  @Test func directions() {
    let (x, d, out, back) = (3e-3, 10e-3, 1e-3, 4e-3)
    let m = Measurement(time: 0, offset: x + 0.5 * (out - back), delay: d + out + back, stamp: 0)
    #expect((m.forward - (x + d / 2 + out)).magnitude < 1e-15)
    #expect((m.backward - (-x + d / 2 + back)).magnitude < 1e-15)
  }

  @Test func isToldFromTheAnchor() {
    let anchor = ClockLine(
      raw: RawInstant(nanoseconds: 5_000_000_000), time: .seconds(1_790_000_005), frequency: .partsPerMillion(10))
    var seen = observation(at: 105, offset: 2e-3, delay: 4e-3)
    seen.resolution = 3e-6
    seen.isOneWay = true
    let m = Measurement(seen, from: anchor)
    #expect(m.time == 100)
    // The anchor gains 10 ppm on the counter, the reference nothing.
    #expect((m.offset - (2e-3 - 1e-3)).magnitude < 1e-12)
    #expect(m.delay == 4e-3 && m.stamp == 3e-6 && m.isOneWay)
  }
}
