// SPDX-License-Identifier: Apache-2.0

import DeviceSources
import ProviderKit
import TimeTypes

/// One source of pulses as the provider drives it.
struct PulseSlot: DeviceSlot {
  static let need = "pulses need"

  let settings: PulseSettings
  var line: DeviceLine<PulseSource.State>
  private var pulses: PulseSource
  private var movesBefore: UInt32 = 0

  init(_ settings: PulseSettings) {
    self.settings = settings
    line = DeviceLine(settings)
    pulses = PulseSource(settings.options)
  }

  var state: PulseSource.State { pulses.state }
  var stateText: String { pulses.state.text(pulses.edges, width: widthText) }
  var refused: UInt32 { pulses.counters.refusedInAll &+ pulses.counters.missing }
  var refusedText: String { pulses.counters.text }

  var countsText: String {
    let (counters, rest) = (pulses.counters, pulses.counters.text)
    return "\(counters.used) of \(counters.seen) pulses used\(rest.isEmpty ? "" : "; \(rest)")"
  }

  mutating func lost() { pulses.lost() }

  mutating func tick(now: RawInstant) -> [DeviceNews] {
    let counters = pulses.counters
    line.info.fields.polls &+= line.isOpen ? 1 : 0
    line.info.fields.replies = counters.used
    line.info.fields.rejected = counters.refusedInAll
    var news: [DeviceNews] = []
    switch line.count(used: counters.used) {
    case true?: news.append(DeviceNews(.sourceReachable, "pulses of \(line.name) are used"))
    case false?:
      news.append(DeviceNews(.sourceUnreachable, "no pulse of \(line.name) could be used for eight seconds"))
    case nil: break
    }
    if counters.moves != movesBefore {
      movesBefore = counters.moves
      news.append(DeviceNews(.referenceJumped, "pulses of \(line.name) have moved, and stay where they are now"))
    }
    if let state = line.settle(pulses.state), let told = self.news(of: state) { news.append(told) }
    return news
  }

  private func news(of state: PulseSource.State) -> DeviceNews? {
    switch state {
    case .locked: DeviceNews(.referenceTrusted, "pulses of \(line.name) have their seconds")
    case .unlocked: DeviceNews(.referenceUnfit, "\(line.name): \(stateText)")
    case .refusing: DeviceNews(.referenceRefused, "\(line.name): \(stateText)")
    case .waiting, .gathering: nil
    }
  }

  mutating func take(_ mark: DeviceMark, followed: () -> FollowedTime?) -> Sample? {
    guard !mark.edge.isEmpty else { return nil }
    let error = UInt64(mark.stamp.errorNanoseconds) + UInt64(mark.errorNanoseconds)
    let pulse = Pulse(
      raw: mark.stamp.raw, time: mark.stamp.time, era: mark.stamp.era, errorNanoseconds: UInt32(clamping: error),
      sequence: mark.sequence, kind: mark.stamp.kind)
    guard mark.edge.contains(settings.options.edge == .assert ? .assert : .clear) else {
      pulses.takeOther(pulse)
      return nil
    }
    line.info.fields.last_reply_raw_ns = pulse.raw.nanoseconds
    guard case .sample(let sample) = pulses.take(pulse, followed()) else { return nil }
    // The host numbers such a sample itself by its own estimate, which a step of the clock does not touch.
    return Sample(
      source: SourceID(rawValue: line.source), sequence: line.nextSequence(),
      flags: [.oneWay, .pulse, .noLeap, .reply],
      clock: mark.stamp.clock, era: sample.pulse.era, local: sample.pulse.time, reference: sample.reference,
      raw: sample.pulse.raw, dispersion: sample.dispersionNanoseconds,
      asymmetryBound: UInt64(max(settings.options.accuracy.nanoseconds, 0)), referenceID: line.referenceID,
      leap: sample.leap, stratum: 0, precision: sample.precision, poll: settings.poll, receiveKind: sample.pulse.kind,
      transmitKind: .none)
  }

  /// Which edge looks right.
  private var widthText: String {
    guard case .wrong(let width) = pulses.edges.verdict else { return "the other edge marks the second" }
    let right = settings.options.edge.other.rawValue
    return "the \(right) edge looks right: pulses of \(width.millisecondsText) ms begin there"
      + "; edge = \"\(right)\", or width_check = false"
  }
}

extension PulseSource.State: DeviceState {
  package func isLike(_ other: PulseSource.State) -> Bool {
    switch (self, other) {
    case (.waiting, .waiting), (.gathering, .gathering), (.locked, .locked), (.unlocked, .unlocked): true
    case (.refusing(let a, _), .refusing(let b, _)): a == b
    default: false
    }
  }
}
