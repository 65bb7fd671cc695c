// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@Suite struct ClockLineTests {
  @Test func goesThroughItsPoint() {
    let line = ClockLine(
      raw: RawInstant(nanoseconds: 1_000), time: .seconds(1_790_000_000), frequency: .partsPerMillion(50))
    #expect(line.time(at: line.raw) == line.time)
    let later = line.raw + .seconds(1000)
    #expect(line.time(at: later) == .seconds(1_790_001_000) + TimeInterval(nanoseconds: 50_000_000))
    #expect(line.time(at: line.raw - .seconds(1000)) == .seconds(1_789_999_000) - TimeInterval(nanoseconds: 50_000_000))
  }

  /// Told from another moment it is the same line, to the fraction of a nanosecond that rounding costs.
  @Test func movesAlongItself() {
    let line = ClockLine(
      raw: RawInstant(nanoseconds: 0), time: .seconds(1_790_000_000), frequency: .partsPerMillion(-33.3))
    let moved = line.moved(to: RawInstant(nanoseconds: 77_000_000_000))
    let at = RawInstant(nanoseconds: 3_600_000_000_000)
    #expect((moved.time(at: at) - line.time(at: at)).inNanoseconds.magnitude < 1e-3)
  }

  /// Reference − local: positive means that the local clock is behind.
  @Test func offsetHasOneSign() {
    let local = ClockLine(raw: RawInstant(nanoseconds: 0), time: .seconds(100), frequency: .zero)
    let reference = ClockLine(raw: RawInstant(nanoseconds: 0), time: .seconds(101), frequency: .partsPerMillion(1))
    #expect((local.offset(of: reference, at: RawInstant(nanoseconds: 10_000_000_000)) - 1.00001).magnitude < 1e-12)
  }
}
