// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import TimeTypes

/// Turns head and entries into bytes, which the caller takes and writes. [control]
package struct RecordEncoder {
  /// What was encoded and not taken yet.
  package private(set) var bytes: [UInt8] = []
  /// Of the entry that is being made.
  private var start = 0

  package init() {}

  /// Hands the bytes over and begins anew.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  package mutating func add(_ head: RecordHead) {
    bytes += RecordFormat.magic
    put(RecordFormat.version)
    let text = Array(head.text.utf8)
    put(UInt32(truncatingIfNeeded: text.count))
    bytes += text
  }

  package mutating func add(_ recorded: RecordedEvent) {
    switch recorded.event {
    case .sample(let sample, let now):
      begin(.sample)
      put(sample)
      put(now.nanoseconds)
    case .tick(let reading):
      begin(.tick)
      put(reading)
    case .sourceAdded(let source, let options, let now):
      begin(.sourceAdded)
      put(source.rawValue)
      put(options)
      put(now.nanoseconds)
    case .sourceChanged(let source, let options, let reach, let now):
      begin(.sourceChanged)
      put(source.rawValue)
      put(options)
      put(reach)
      put(now.nanoseconds)
    case .sourceRemoved(let source, let now):
      begin(.sourceRemoved)
      put(source.rawValue)
      put(now.nanoseconds)
    case .sourceLocked(let source, let keeper, let now):
      begin(.sourceLocked)
      put(source.rawValue)
      put(keeper.rawValue)
      put(now.nanoseconds)
    case .applied(let reading, let stepped):
      begin(.applied)
      put(reading)
      put(stepped)
    case .refused(let error, let now):
      begin(.refused)
      put(error.code)
      put(now.nanoseconds)
    case .clockMoved(let reading, let interval):
      begin(.clockMoved)
      put(reading)
      put(interval)
    case .clockFrequencyChanged(let reading):
      begin(.clockFrequencyChanged)
      put(reading)
    case .compensated(let frequency, let now):
      begin(.compensated)
      put(UInt8(frequency == nil ? 0 : 1))
      put((frequency ?? .zero).ratio.bitPattern)
      put(now.nanoseconds)
    case .resync(let force, let now):
      begin(.resync)
      put(UInt8(force ? 1 : 0))
      put(now.nanoseconds)
    case .leapTable(let table, let now):
      begin(.leapTable)
      put(table.taiOffset)
      put(UInt8(table.next == nil ? 0 : 1))
      put(table.next?.nanoseconds ?? 0)
      put(table.next?.taiOffset ?? 0)
      put(now.nanoseconds)
    }
    put(recorded.actions)
    finish()
  }

  /// So many events found no room on their way here.
  package mutating func addGap(of events: UInt64) {
    begin(.gap)
    put(events)
    finish()
  }

  package mutating func addEnd(_ reason: RecordEnd) {
    begin(.end)
    put(reason.rawValue)
    finish()
  }

  private mutating func begin(_ kind: RecordFormat.Kind) {
    start = bytes.count
    bytes += [kind.rawValue, 0, 0, 0]
  }

  private mutating func finish() {
    let length = bytes.count - start - 4
    bytes[start + 2] = UInt8(truncatingIfNeeded: length)
    bytes[start + 3] = UInt8(truncatingIfNeeded: length >> 8)
  }

  private mutating func put(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  private mutating func put(_ interval: TimeInterval) {
    put(interval.nanoseconds)
    put(interval.subnanoseconds)
  }

  private mutating func put(_ reading: ClockReading) {
    put(reading.clock.rawValue)
    put(reading.era.rawValue)
    put(reading.raw.nanoseconds)
    put(reading.time)
    put(reading.frequency.ratio.bitPattern)
  }

  private mutating func put(_ options: SourceOptions) {
    let flags = [
      options.prefer, options.noselect, options.trust, options.require, options.reliable, options.referenceClock,
      options.smears, options.mustAuthenticate, options.ownClock, options.orphan, options.senior,
      options.manual,
    ]
    var bits: UInt16 = 0
    for (position, flag) in flags.enumerated() where flag { bits |= 1 << UInt16(position) }
    put(bits)
    put(options.minimumPoll)
    put(options.maximumPoll)
  }

  private mutating func put(_ sample: Sample) {
    put(sample.source.rawValue)
    put(sample.sequence)
    put(sample.flags.rawValue)
    put(sample.localNanoseconds)
    put(sample.referenceNanoseconds)
    put(sample.rawNanoseconds)
    put(sample.delayNanoseconds)
    put(sample.dispersionNanoseconds)
    put(sample.rootDelayNanoseconds)
    put(sample.rootDispersionNanoseconds)
    put(sample.asymmetryBoundNanoseconds)
    put(sample.turnaroundNanoseconds)
    put(sample.frequencyScaled)
    put(sample.era.rawValue)
    put(sample.referenceID.rawValue)
    put(sample.localSubnanoseconds)
    put(sample.referenceSubnanoseconds)
    put(sample.clock.rawValue)
    put(sample.taiOffset)
    put(sample.timescale.rawValue)
    put(sample.leap.rawValue)
    put(sample.stratum)
    put(sample.precision)
    put(sample.poll)
    put(sample.receiveKind.rawValue)
    put(sample.transmitKind.rawValue)
  }
}
