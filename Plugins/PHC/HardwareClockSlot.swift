// SPDX-License-Identifier: Apache-2.0

import DeviceSources
import ProviderKit
import TimeTypes

/// One hardware clock as the provider drives it.
struct HardwareClockSlot: DeviceSlot {
  static let need = "hardware clocks need"

  let settings: HardwareClockSettings
  var line: DeviceLine<HardwareClockSource.State>
  private var clock: HardwareClockSource
  /// The hardware latched both clocks at once.
  private var isPrecise = false
  /// How it was read last; nil = not yet, or the host does not say.
  private var reading: DeviceMark.Reading?
  private var jumpsBefore: UInt32 = 0
  /// When the next bit of the reach register is due.
  private var due = RawInstant(nanoseconds: .min)

  init(_ settings: HardwareClockSettings) {
    self.settings = settings
    line = DeviceLine(settings)
    clock = HardwareClockSource(settings.options)
  }

  var state: HardwareClockSource.State { clock.state }
  var stateText: String { clock.state.text }
  var refused: UInt32 { clock.refusedInAll }

  var refusedText: String {
    var parts: [String] = []
    for fault in HardwareClockFault.allCases where clock.count(of: fault) > 0 {
      parts.append("\(clock.count(of: fault)) \(fault.text)")
    }
    return parts.joined(separator: ", ")
  }

  var countsText: String {
    let rest = refusedText
    return "\(clock.readings) readings\(readingText), \(clock.used) samples\(rest.isEmpty ? "" : "; \(rest)")"
  }

  func open(_ devices: DeviceAccess) -> DeviceOpening {
    DeviceOpening(
      devices.open(.hardwareClock(interval: settings.options.readingInterval), path: settings.device))
  }

  func text(of opening: DeviceOpening) -> String {
    let reason =
      switch opening.status {
      case .ok: ""
      case .invalid: "it is no PTP clock (/dev/ptpN)"
      case .permission: "tompiond may not open it: a udev rule gives it to tompiond's user"
      default: opening.status.text
      }
    return reason.isEmpty ? "" : "the device cannot be opened: \(reason)"
  }

  mutating func lost() { clock.lost() }

  mutating func tick(now: RawInstant) -> [DeviceNews] {
    line.info.fields.polls = clock.readings
    line.info.fields.replies = clock.used
    line.info.fields.rejected = clock.refusedInAll
    var news: [DeviceNews] = []
    if now >= due {
      due = now + .seconds(1 << Int64(max(settings.options.poll, 0))) - .milliseconds(100)
      switch line.count(used: clock.used) {
      case true?: news.append(DeviceNews(.sourceReachable, "readings of \(line.name) are used"))
      case false?:
        news.append(DeviceNews(.sourceUnreachable, "no reading of \(line.name) could be used in eight polls"))
      case nil: break
      }
    }
    if clock.jumps != jumpsBefore {
      jumpsBefore = clock.jumps
      let hold = settings.options.hold.nanoseconds / 1_000_000_000
      news.append(
        DeviceNews(
          .referenceJumped,
          "\(line.name) jumped; it is not believed before other sources confirm it, or \(hold) s have passed"))
    }
    if let state = line.settle(clock.state), let told = self.news(of: state) { news.append(told) }
    return news
  }

  private func news(of state: HardwareClockSource.State) -> DeviceNews? {
    switch state {
    case .running: DeviceNews(.referenceTrusted, "\(line.name) runs, and is used\(readingText)")
    case .unlocked: DeviceNews(.referenceUnfit, "\(line.name): \(state.text)")
    case .refusing: DeviceNews(.referenceRefused, "\(line.name): \(state.text)")
    case .waiting, .gathering: nil
    }
  }

  /// By which system call it is read, for people; "" = nobody says.
  private var readingText: String { reading.map { ", read by \($0.text)" } ?? "" }

  mutating func take(_ mark: DeviceMark, followed: () -> FollowedTime?) -> Sample? {
    guard mark.edge.isEmpty else { return nil }
    isPrecise = mark.stamp.kind == .hardware
    reading = mark.reading
    line.info.fields.last_reply_raw_ns = mark.stamp.raw.nanoseconds
    let outcome = clock.take(
      shown: mark.deviceTime, errorNanoseconds: mark.errorNanoseconds, mark.stamp, followed())
    guard case .sample(let sample) = outcome else { return nil }
    return self.sample(sample)
  }

  /// A clock that the hardware latched together with the system's has no window to be wrong in. Any other reading may lie anywhere in
  /// its window, which so is the sample's round trip: half of it bounds the error, as with a server's.
  private mutating func sample(_ made: HardwareClockSample) -> Sample {
    let (error, accuracy) = (UInt64(made.errorNanoseconds), UInt64(max(settings.options.accuracy.nanoseconds, 0)))
    var flags: SampleFlags = [.noLeap, .reply]
    if isPrecise { flags.insert(.oneWay) }
    return Sample(
      source: SourceID(rawValue: line.source), sequence: line.nextSequence(), flags: flags,
      clock: made.stamp.clock, era: made.stamp.era, local: made.stamp.time, reference: made.reference,
      raw: made.stamp.raw, delay: isPrecise ? 0 : Int64(2 * error),
      dispersion: UInt64(made.stamp.errorNanoseconds) + accuracy + (isPrecise ? error : 0),
      asymmetryBound: error + accuracy, referenceID: line.referenceID,
      timescale: made.timescale == .tai ? .tai : .utc, leap: .none, stratum: 0, precision: -30,
      poll: settings.options.poll, receiveKind: made.stamp.kind, transmitKind: .none)
  }
}

extension HardwareClockSource.State: DeviceState {
  package func isLike(_ other: HardwareClockSource.State) -> Bool {
    switch (self, other) {
    case (.waiting, .waiting), (.gathering, .gathering), (.running, .running), (.unlocked, .unlocked): true
    case (.refusing(let a, _), .refusing(let b, _)): a == b
    default: false
    }
  }
}
