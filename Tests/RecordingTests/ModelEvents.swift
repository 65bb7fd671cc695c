// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import TestSupport
import TimeTypes

@testable import Recording

/// One event of each kind and more, with every field drawn at random.
struct ModelEvents {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func whole<Value: FixedWidthInteger>() -> Value { Value(truncatingIfNeeded: random.next()) }

  private mutating func interval() -> TimeInterval { TimeInterval(nanoseconds: whole(), subnanoseconds: whole()) }

  private mutating func raw() -> RawInstant { RawInstant(nanoseconds: whole()) }

  private mutating func reading() -> ClockReading {
    ClockReading(
      clock: ClockID(rawValue: whole()), era: ClockEra(rawValue: whole()), raw: raw(), time: interval(),
      frequency: Frequency(ratio: random.finiteDouble()))
  }

  private mutating func options() -> SourceOptions {
    var options = SourceOptions()
    options.prefer = Bool.random(using: &random)
    options.noselect = Bool.random(using: &random)
    options.trust = Bool.random(using: &random)
    options.require = Bool.random(using: &random)
    options.reliable = Bool.random(using: &random)
    options.referenceClock = Bool.random(using: &random)
    options.smears = Bool.random(using: &random)
    options.mustAuthenticate = Bool.random(using: &random)
    options.ownClock = Bool.random(using: &random)
    options.orphan = Bool.random(using: &random)
    options.senior = Bool.random(using: &random)
    options.manual = Bool.random(using: &random)
    options.minimumPoll = whole()
    options.maximumPoll = whole()
    return options
  }

  private mutating func sample() -> Sample {
    Sample(
      source: SourceID(rawValue: whole()), sequence: whole(), flags: SampleFlags(rawValue: whole()),
      clock: ClockID(rawValue: whole()), era: ClockEra(rawValue: whole()), local: interval(), reference: interval(),
      raw: raw(), delay: whole(), dispersion: whole(), rootDelay: whole(), rootDispersion: whole(),
      asymmetryBound: whole(), turnaround: whole(), frequencyScaled: whole(),
      referenceID: ReferenceID(rawValue: whole()), taiOffset: whole(),
      timescale: TimescaleCode(rawValue: UInt8.random(in: 0...3, using: &random)) ?? .utc,
      leap: LeapIndicator(rawValue: UInt8.random(in: 0...3, using: &random)) ?? .none, stratum: whole(),
      precision: whole(), poll: whole(),
      receiveKind: StampKind(rawValue: UInt8.random(in: 0...3, using: &random)) ?? .none,
      transmitKind: StampKind(rawValue: UInt8.random(in: 0...3, using: &random)) ?? .none)
  }

  mutating func all() -> [Event] {
    let errors: [ClockError] = [.notPermitted, .invalidValue, .unsupported, .observing, .system(errno: whole())]
    var events: [Event] = [
      .sample(sample(), now: raw()), .tick(reading()),
      .sourceAdded(SourceID(rawValue: whole()), options(), now: raw()),
      .sourceChanged(SourceID(rawValue: whole()), options(), reach: whole(), now: raw()),
      .sourceRemoved(SourceID(rawValue: whole()), now: raw()),
      .applied(reading(), stepped: interval()),
      .clockMoved(reading(), by: interval()), .clockFrequencyChanged(reading()),
      .resync(force: true, now: raw()), .resync(force: false, now: raw()),
      .leapTable(LeapTable(taiOffset: whole()), now: raw()),
      .leapTable(LeapTable(taiOffset: whole(), next: (whole(), whole())), now: raw()),
    ]
    for error in errors { events.append(.refused(error, now: raw())) }
    events.append(.sourceLocked(SourceID(rawValue: whole()), to: SourceID(rawValue: whole()), now: raw()))
    events.append(.compensated(Frequency(ratio: Double.random(in: -1e-4...1e-4, using: &random)), now: raw()))
    events.append(.compensated(nil, now: raw()))
    return events
  }

  /// A head and those events, their digests the numbers from 1 on, and the end.
  static func file(seed: UInt64 = 1, end: RecordEnd? = .stopped) -> (bytes: [UInt8], events: [Event]) {
    var model = ModelEvents(seed: seed)
    let events = model.all()
    var encoder = RecordEncoder()
    encoder.add(
      RecordHead(program: "test 1", clock: .system, capacity: 8, parameters: EngineParameters()))
    for (number, event) in events.enumerated() { encoder.add(RecordedEvent(event, actions: UInt64(number + 1))) }
    if let end { encoder.addEnd(end) }
    return (encoder.take(), events)
  }
}
