// SPDX-License-Identifier: Apache-2.0

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
  private let settings: HardwareClockConfiguration
  private let port: DisciplinePort
  private let raise: (EventRecord) -> Void
  private let wake: () -> Void
  private let isSystem: Bool
  private var stamper: ClockStamper
  private var device: PHCDevice?
  private var sequence: UInt32 = 0
  private var isAnnounced = false
  private var toldFailure = ""
  private var report = ClockReport()

  init(
    _ settings: HardwareClockConfiguration, port: DisciplinePort, stampSource: ClockStampSource,
    raise: @escaping (EventRecord) -> Void, wake: @escaping () -> Void
  ) {
    self.settings = settings
    self.port = port
    self.raise = raise
    self.wake = wake
    if case .system = stampSource.kind { isSystem = true } else { isSystem = false }
    stamper = ClockStamper(stampSource)
    report.name = settings.name
    report.device = settings.device
    report.kind = .hardware
    report.timescale = settings.timescale.rawValue
    report.follows = "nothing"
    report.owner = "not tompiond"
  }

  var state: ClockReport { report }

  /// Opens the device for reading; true = it is open. A failure is said once.
  @discardableResult
  func prepare() -> Bool {
    if device != nil { return true }
    do {
      let path =
        switch settings.kind {
        case .path(let path): path
        case .interface(let name): try PHCPath.ofInterface(name)
        case .auxiliary: throw KernelError("follow an auxiliary clock", errno: KernelError.notSupported)
        }
      let opened = try PHCDevice(path: path)
      device = opened
      report.method = opened.method.text
      report.state = .watched
      report.reason = ""
      toldFailure = ""
      let text = "\(settings.device) is read by \(opened.method.text); the system clock follows it"
      raise(EventRecord(.hardwareClockReady, source: settings.name, text: text))
      return true
    } catch {
      fail("\(settings.device): \(error)")
      return false
    }
  }

  private func fail(_ reason: String) {
    device = nil
    report.state = .failed
    report.reason = reason
    guard reason != toldFailure else { return }
    toldFailure = reason
    raise(EventRecord(.hardwareClockFailed, source: settings.name, text: reason))
  }

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
    let reading: PHCReading
    do {
      guard let read = try device?.read() else { return }
      reading = read
    } catch {
      return fail("\(settings.device) cannot be read any more: \(error)")
    }
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
    report.samples &+= 1
    report.readingError = TimeInterval(nanoseconds: Int64(reading.errorNanoseconds))
    if !port.hardware.push(.sample(sample, now: RawClock.now())) { report.lost &+= 1 }
    wake()
  }

  /// "PHC".
  private static let reference = ReferenceID(rawValue: 0x5048_4300)
}
