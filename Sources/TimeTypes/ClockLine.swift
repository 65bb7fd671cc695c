// SPDX-License-Identifier: Apache-2.0

/// A clock as a straight line over CLOCK_MONOTONIC_RAW: what it shows at one raw moment, and how fast it gains on the counter.
///
/// The steered clock is one (its reading and the frequency in force), and so is the estimate of a reference. The line is exact
/// at `raw`; `frequency` multiplies only the distance from there, so the nanoseconds of 1970 cost no precision.
public struct ClockLine: Hashable, Sendable, BitwiseCopyable {
  /// The moment at which the clock shows `time`.
  public var raw: RawInstant
  /// The clock at `raw`, since its epoch.
  public var time: TimeInterval
  /// Against the raw counter: positive = the clock gains on it.
  public var frequency: Frequency

  @inlinable
  public init(raw: RawInstant, time: TimeInterval, frequency: Frequency) {
    self.raw = raw
    self.time = time
    self.frequency = frequency
  }

  /// What the clock shows at another raw moment, earlier or later.
  @inlinable
  public func time(at instant: RawInstant) -> TimeInterval {
    let elapsed = instant - raw
    return time + elapsed + TimeInterval(seconds: elapsed.inSeconds * frequency.ratio)
  }

  /// The same line, told from another moment.
  @inlinable
  public func moved(to instant: RawInstant) -> ClockLine {
    ClockLine(raw: instant, time: time(at: instant), frequency: frequency)
  }

  /// How far `other` is ahead of this line at a moment, in seconds (reference − local when this line is the local clock).
  @inlinable
  public func offset(of other: ClockLine, at instant: RawInstant) -> Double {
    (other.time(at: instant) - time(at: instant)).inSeconds
  }
}
