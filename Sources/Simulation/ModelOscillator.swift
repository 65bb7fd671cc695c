// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A host's raw counter over true (virtual) time: a line that its driver bends.
public struct ModelOscillator: Sendable, Equatable {
  /// True time, the counter then (as a time), and how much the counter gains on true time.
  private var line: ClockLine

  /// - Parameters:
  ///   - start: what the counter shows at true time 0.
  ///   - frequency: against true time; positive = the counter gains.
  public init(start: RawInstant = RawInstant(nanoseconds: 0), frequency: Frequency = .zero) {
    line = ClockLine(raw: RawInstant(nanoseconds: 0), time: start.sinceEpoch, frequency: frequency)
  }

  /// The counter's frequency error now.
  public var frequency: Frequency { line.frequency }

  /// The counter at a true moment as it would be without rounding.
  public func exactRaw(at moment: RawInstant) -> RawInstant { RawInstant(sinceEpoch: line.time(at: moment)) }

  /// The counter at a true moment, in whole nanoseconds as CLOCK_MONOTONIC_RAW shows it.
  public func raw(at moment: RawInstant) -> RawInstant {
    RawInstant(nanoseconds: line.time(at: moment).nanoseconds)
  }

  /// The first true moment, in whole nanoseconds, at which the counter has reached `raw`.
  public func moment(of raw: RawInstant) -> RawInstant {
    let elapsed = raw.sinceEpoch - line.time
    let guess = line.raw + TimeInterval(seconds: elapsed.inSeconds / (1 + line.frequency.ratio))
    var moment = RawInstant(nanoseconds: guess.nanoseconds)
    // The quotient is right to a few nanoseconds (2⁻⁵³ of months); walk the rest.
    while self.raw(at: moment) >= raw { moment = moment - TimeInterval(nanoseconds: 1) }
    while self.raw(at: moment) < raw { moment = moment + TimeInterval(nanoseconds: 1) }
    return moment
  }

  /// From `moment` on the counter runs at another frequency, without a jump.
  public mutating func setFrequency(_ frequency: Frequency, at moment: RawInstant) {
    line = line.moved(to: moment)
    line.frequency = frequency
  }
}
