// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Notices that somebody else moved a clock or changed its rate: REALTIME − RAW − our own corrections should not change.
///
/// Pure: readings come as values. `rebase` after each change of our own, `observe` once a second or so.
package struct ClockWatch: Sendable {
  /// What did not come from us since the last look.
  package struct Finding: Sendable, BitwiseCopyable, Equatable {
    /// The clock is that much further (positive) than our corrections explain.
    package var moved: TimeInterval?
    /// The frequency in force is another than the one we set.
    package var frequency: Frequency?
    /// The move is the leap second that the kernel was told to make: not foreign, but a new era.
    package var leap = false

    package static let nothing = Finding()
    package init(moved: TimeInterval? = nil, frequency: Frequency? = nil, leap: Bool = false) {
      self.moved = moved
      self.frequency = frequency
      self.leap = leap
    }
  }

  private var last: ClockPair
  private var expected: Frequency
  /// The leap second that the kernel will make by itself.
  package var armedLeap: LeapIndicator = .none
  /// Below this a difference is the noise of reading.
  package static let tolerance = TimeInterval.microseconds(10)

  package init(at pair: ClockPair, frequency: Frequency) {
    last = pair
    expected = frequency
  }

  /// When the clock was last looked at.
  package var lastLook: RawInstant { last.raw }

  /// From now on the clock is expected on this line: after our own step or change of frequency.
  package mutating func rebase(at pair: ClockPair, frequency: Frequency) {
    last = pair
    expected = frequency
  }

  /// How far the clock is from where our corrections put it.
  package func residual(of pair: ClockPair) -> TimeInterval {
    let elapsed = pair.raw - last.raw
    return pair.time - last.time - elapsed
      - TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * expected.ratio)
  }

  /// Compares a reading, and the frequency the kernel reports, with what was expected; the next look starts from here.
  package mutating func observe(_ pair: ClockPair, frequency: Frequency) -> Finding {
    var finding = Finding.nothing
    let elapsed = pair.raw - last.raw
    let change = frequency - expected
    let residual = residual(of: pair)
    var allowance =
      ClockWatch.tolerance
      + TimeInterval(nanoseconds: Int64(last.errorNanoseconds) &+ Int64(pair.errorNanoseconds))
      // The kernel hits its frequency only on average; 0.1 ppm covers how it dithers.
      + TimeInterval(nanosecondsAsDouble: elapsed.magnitude.inNanoseconds * 1e-7)
    // Half of the kernel's unit (2⁻¹⁶ ppm) more than rounding.
    if abs(change.ratio) > 1e-6 / 65536 {
      finding.frequency = frequency
      // Whenever it happened in the meantime, it explains at most this much.
      allowance = allowance + TimeInterval(nanosecondsAsDouble: elapsed.magnitude.inNanoseconds * abs(change.ratio))
    }
    if residual.magnitude > allowance {
      finding.moved = residual
      let second: TimeInterval? =
        armedLeap == .insert ? -TimeInterval.seconds(1) : armedLeap == .delete ? .seconds(1) : nil
      if let second, (residual - second).magnitude <= allowance {
        finding.leap = true
        armedLeap = .none
      }
    }
    last = pair
    expected = frequency
    return finding
  }
}
