// SPDX-License-Identifier: Apache-2.0

public import ClockPort
public import TimeTypes

/// A steerable clock as a line over a host's raw counter: an offset, a frequency, steps. "Now" is an argument of everything.
public struct ModelClock: Sendable, Equatable {
  public let id: ClockID
  public private(set) var era: ClockEra
  private var line: ClockLine

  /// - Parameters:
  ///   - time: what the clock shows at `raw`, since its epoch.
  ///   - frequency: against the raw counter; positive = the clock gains.
  public init(
    id: ClockID = .system, time: TimeInterval, at raw: RawInstant = RawInstant(nanoseconds: 0),
    frequency: Frequency = .zero
  ) {
    self.id = id
    era = ClockEra(rawValue: 0)
    line = ClockLine(raw: raw, time: time, frequency: frequency)
  }

  /// What it shows at a raw moment.
  public func time(at raw: RawInstant) -> TimeInterval { line.time(at: raw) }

  /// When it shows that, as it runs now.
  public func moment(showing time: TimeInterval) -> RawInstant {
    let ahead = time - line.time
    let ratio = line.frequency.ratio
    return line.raw + ahead - TimeInterval(seconds: ahead.inSeconds * ratio / (1 + ratio))
  }

  public func reading(at raw: RawInstant) -> ClockReading {
    ClockReading(clock: id, era: era, raw: raw, time: time(at: raw), frequency: line.frequency)
  }

  /// A stamp of that kind; the two readings are of exactly one moment.
  public func stamp(_ kind: StampKind, at raw: RawInstant) -> Stamp {
    Stamp(clock: id, kind: kind, era: era, time: time(at: raw), raw: raw)
  }

  /// Runs at another frequency from `raw` on; returns it, as `SteerableClock` does.
  @discardableResult
  public mutating func adjust(frequency: Frequency, at raw: RawInstant) -> Frequency {
    line = line.moved(to: raw)
    line.frequency = frequency
    return frequency
  }

  /// Jumps by `interval` (positive = forward) at `raw` and begins a new era.
  public mutating func step(by interval: TimeInterval, at raw: RawInstant) {
    line = line.moved(to: raw)
    line.time = line.time + interval
    era = era.next
  }
}
