// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import LinuxKernel
import Report
import Settings
import TimeTypes

/// The hardware clock that the system clock follows: read once per interval, each reading a sample for [discipline].
/// [hardware clocks]
final class SystemFeed {
  /// Its id as a source; providers' numbers end below 1023.
  static let source = SourceID(rawValue: 1023 << 22 | 1)
  private let entry: ClockEntry
  private let port: DisciplinePort
  private let wake: () -> Void
  private let isSystem: Bool
  private var stamper: ClockStamper
  private var sequence: UInt32 = 0
  private var isAnnounced = false

  private var settings: HardwareClockConfiguration { entry.settings }

  /// `readPair` reads the system clock beside the raw counter; tests put another in its place.
  init(
    _ settings: HardwareClockConfiguration, number: UInt16, port: DisciplinePort, stampSource: ClockStampSource,
    claims: DeviceClaims, access: DeviceAccess = .kernel,
    readPair: @escaping @Sendable () -> ClockPair = ClockPair.realtime, raise: @escaping (EventRecord) -> Void,
    wake: @escaping () -> Void
  ) {
    self.port = port
    self.wake = wake
    if case .system = stampSource.kind { isSystem = true } else { isSystem = false }
    stamper = ClockStamper(stampSource, read: readPair)
    entry = ClockEntry(
      settings, id: ClockID(rawValue: number), claims: claims, access: access, nobody: "not tompiond", raise: raise)
  }

  var state: ClockReport { entry.report }

  /// Opens the device for reading; true = it is open. A failure is said once.
  @discardableResult
  func prepare() -> Bool { entry.open(doing: "the system clock follows it") != .shut }

  /// Reads the clock and hands the sample over.
  func turn() {
    guard prepare() else { return }
    if !isAnnounced {
      var options = SourceOptions()
      options.referenceClock = true
      options.minimumPoll = settings.poll
      options.maximumPoll = settings.poll
      isAnnounced = port.hardware.push(.sourceAdded(Self.source, options, now: RawClock.now()))
    }
    let observation: DeviceObservation
    do {
      guard let seen = try entry.clock?.observe() else { return }
      observation = seen
    } catch {
      return entry.fail("\(settings.device) cannot be read any more: \(error.deviceSentence)")
    }
    if let moved = observation.finding.moved { tell(moved) }
    let reading = observation.sight
    stamper.refresh()
    let stamp = stamper.stamp(at: reading.raw)
    // Where the hardware latched both clocks, nothing has to be worked out.
    let local = isSystem ? reading.realtime ?? stamp.time : stamp.time
    sequence &+= 1
    var sample = Sample(
      source: Self.source, sequence: sequence, flags: [.oneWay, .reply], era: stamp.era, local: local,
      reference: reading.device, raw: reading.raw)
    sample.dispersionNanoseconds = UInt64(reading.errorNanoseconds)
    sample.asymmetryBoundNanoseconds = UInt64(reading.errorNanoseconds)
    sample.referenceID = Self.reference
    sample.timescale = settings.timescale == .tai ? .tai : .utc
    sample.stratum = 0
    sample.precision = -30
    sample.poll = settings.poll
    entry.report.samples &+= 1
    entry.report.readingError = TimeInterval(nanoseconds: Int64(reading.errorNanoseconds))
    if !port.hardware.push(.sample(sample, now: RawClock.now())) { entry.report.lost &+= 1 }
    wake()
  }

  /// Who steers that clock stepped it, or it is broken: the engine's gates decide what the system clock makes of it.
  private func tell(_ moved: TimeInterval) {
    entry.report.moves &+= 1
    let text = "\(settings.name), which the system clock follows, jumped by \(Quantity.offset(moved))"
    entry.raise(EventRecord(.hardwareClockMoved, source: settings.name, text: text))
  }

  /// "PHC".
  private static let reference = ReferenceID(rawValue: 0x5048_4300)
}
