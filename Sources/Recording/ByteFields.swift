// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import TimeTypes

/// The fields of one entry, read one after the other and never beyond its end.
struct ByteFields {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int
  /// Where the entry begins, for errors.
  private let entry: Int

  init(_ bytes: [UInt8], from start: Int, to end: Int, entry: Int) {
    self.bytes = bytes
    position = start
    self.end = min(end, bytes.count)
    self.entry = entry
  }

  var isAtEnd: Bool { position == end }

  func wrong(_ field: String) -> RecordError { .value(field: field, offset: entry) }

  mutating func integer<Value: FixedWidthInteger>() throws(RecordError) -> Value {
    let size = Value.bitWidth / 8
    guard end - position >= size else {
      throw end == bytes.count ? .truncated(offset: entry) : .length(end - entry - 4, offset: entry)
    }
    var value: Value = 0
    for index in 0..<size { value |= Value(truncatingIfNeeded: bytes[position + index]) << Value(8 * index) }
    position += size
    return value
  }

  mutating func flag() throws(RecordError) -> Bool {
    let value: UInt8 = try integer()
    guard value < 2 else { throw wrong("truth value") }
    return value == 1
  }

  mutating func raw() throws(RecordError) -> RawInstant { RawInstant(nanoseconds: try integer()) }

  mutating func interval() throws(RecordError) -> TimeInterval {
    TimeInterval(nanoseconds: try integer(), subnanoseconds: try integer())
  }

  mutating func source() throws(RecordError) -> SourceID { SourceID(rawValue: try integer()) }

  mutating func reading() throws(RecordError) -> ClockReading {
    let clock = ClockID(rawValue: try integer())
    let era = ClockEra(rawValue: try integer())
    let moment = try raw()
    let time = try interval()
    let ratio = Double(bitPattern: try integer())
    guard ratio.isFinite else { throw wrong("frequency") }
    return ClockReading(clock: clock, era: era, raw: moment, time: time, frequency: Frequency(ratio: ratio))
  }

  /// `isWide`: of version 2 on.
  mutating func options(isWide: Bool) throws(RecordError) -> SourceOptions {
    let first: UInt8 = try integer()
    let second: UInt8 = isWide ? try integer() : 0
    let bits = UInt16(second) << 8 | UInt16(first)
    var options = SourceOptions()
    options.prefer = bits & 1 != 0
    options.noselect = bits & 2 != 0
    options.trust = bits & 4 != 0
    options.require = bits & 8 != 0
    options.reliable = bits & 16 != 0
    options.referenceClock = bits & 32 != 0
    options.smears = bits & 64 != 0
    options.mustAuthenticate = bits & 128 != 0
    options.ownClock = bits & 256 != 0
    options.orphan = bits & 512 != 0
    options.senior = bits & 1024 != 0
    options.manual = bits & 2048 != 0
    options.minimumPoll = try integer()
    options.maximumPoll = try integer()
    return options
  }

  mutating func sample() throws(RecordError) -> Sample {
    var sample = Sample(
      source: try source(), local: .zero, reference: .zero, raw: RawInstant(nanoseconds: 0))
    sample.sequence = try integer()
    sample.flags = SampleFlags(rawValue: try integer())
    sample.localNanoseconds = try integer()
    sample.referenceNanoseconds = try integer()
    sample.rawNanoseconds = try integer()
    sample.delayNanoseconds = try integer()
    sample.dispersionNanoseconds = try integer()
    sample.rootDelayNanoseconds = try integer()
    sample.rootDispersionNanoseconds = try integer()
    sample.asymmetryBoundNanoseconds = try integer()
    sample.turnaroundNanoseconds = try integer()
    sample.frequencyScaled = try integer()
    sample.era = ClockEra(rawValue: try integer())
    sample.referenceID = ReferenceID(rawValue: try integer())
    sample.localSubnanoseconds = try integer()
    sample.referenceSubnanoseconds = try integer()
    sample.clock = ClockID(rawValue: try integer())
    sample.taiOffset = try integer()
    sample.timescale = try code("timescale")
    sample.leap = try code("leap indicator")
    sample.stratum = try integer()
    sample.precision = try integer()
    sample.poll = try integer()
    sample.receiveKind = try code("kind of RX stamp")
    sample.transmitKind = try code("kind of TX stamp")
    return sample
  }

  private mutating func code<Value: RawRepresentable>(
    _ name: String
  ) throws(RecordError) -> Value where Value.RawValue == UInt8 {
    let number: UInt8 = try integer()
    guard let value = Value(rawValue: number) else { throw wrong(name) }
    return value
  }
}
