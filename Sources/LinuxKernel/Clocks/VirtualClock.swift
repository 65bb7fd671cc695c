// SPDX-License-Identifier: Apache-2.0

package import ClockPort
package import TimeTypes

/// A clock in user space: a line over CLOCK_MONOTONIC_RAW that can be bent and moved and touches nothing else.
///
/// For observe mode, demonstration and tests. It starts with the error and frequency one asks for.
package struct VirtualClock: SteerableClock {
  package let id: ClockID
  package private(set) var status: ClockStatus?
  private var segments = ClockSegments()
  private let history = ClockHistory()
  private let readRaw: @Sendable () -> RawInstant

  /// The largest frequency, either sign: what Linux can do with its tick, so that policies meet the same limit.
  package static let maximumFrequency = Frequency(ratio: 0.1)

  /// Starts at the host's CLOCK_REALTIME plus `initialOffset` (positive = ahead), running at `initialFrequency` against the
  /// raw counter (positive = fast), which counts as the frequency in force.
  package init(
    id: ClockID = .system, initialOffset: TimeInterval = .zero, initialFrequency: Frequency = .zero,
    start: ClockPair = ClockPair.realtime(), readRaw: @escaping @Sendable () -> RawInstant = RawClock.now
  ) {
    self.id = id
    self.readRaw = readRaw
    segments.insert(
      ClockSegment(
        raw: start.raw, time: start.time + initialOffset,
        frequency: initialFrequency.clamped(to: VirtualClock.maximumFrequency), era: ClockEra(rawValue: 0)))
    history.publish(segments)
  }

  package var capabilities: ClockCapabilities {
    ClockCapabilities(
      canSteer: true, canStep: true, maximumFrequency: VirtualClock.maximumFrequency,
      frequencyResolution: Frequency(ratio: 1e-15), precision: -29)
  }

  /// For the threads that make stamps.
  package var stampSource: ClockStampSource { ClockStampSource(clock: id, kind: .virtual, history: history) }

  /// The clock at a raw moment, as far back as its last changes go.
  package func reading(at raw: RawInstant) -> ClockReading {
    let found = segments.pair(at: raw)
    return ClockReading(
      clock: id, era: found?.era ?? ClockEra(rawValue: 0), raw: raw, time: found?.pair.time ?? .zero,
      frequency: segments.last?.frequency ?? .zero)
  }

  package func read() -> ClockReading { reading(at: readRaw()) }

  package mutating func adjust(frequency: Frequency) -> Frequency {
    let wanted = frequency.ratio.isFinite ? frequency.clamped(to: VirtualClock.maximumFrequency) : .zero
    let now = read()
    guard wanted != now.frequency else { return wanted }
    segments.insert(ClockSegment(raw: now.raw, time: now.time, frequency: wanted, era: now.era))
    history.publish(segments)
    return wanted
  }

  package mutating func step(by interval: TimeInterval) {
    let now = read()
    segments.insert(
      ClockSegment(raw: now.raw, time: now.time + interval, frequency: now.frequency, era: now.era.next))
    history.publish(segments)
  }

  package mutating func publish(status: ClockStatus) { self.status = status }
}
