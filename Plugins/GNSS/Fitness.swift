// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire
package import TimeTypes

/// Whether a receiver has time to give, gathered from whatever it says of itself. Pure.
///
/// Each sign counts as long as it is fresh: messages that tell it may come less often than those that tell the time.
package struct Fitness: Hashable, Sendable, BitwiseCopyable {
  /// A sign of validity is as old as its message: a receiver tells it each second.
  package static let validityMemory = TimeInterval.milliseconds(2500)
  /// Antenna, spoofing and the like may come seldom.
  package static let signMemory = TimeInterval.seconds(120)
  /// ns; more than that is a receiver without satellites.
  package static let worstAccuracy: UInt64 = 500_000_000

  /// What was said last, and when.
  private struct Sign<Value: Hashable & Sendable & BitwiseCopyable>: Hashable, Sendable, BitwiseCopyable {
    var value: Value
    var raw: RawInstant

    func fresh(at now: RawInstant, _ memory: TimeInterval) -> Value? { now - raw < memory ? value : nil }
  }

  private var validity: Sign<Bool>?
  private var fix: Sign<ReceiverReport.Fix>?
  private var antenna: Sign<ReceiverReport.Antenna>?
  private var spoofing: Sign<Bool>?
  private var accuracy: Sign<UInt64>?
  private var quality: UInt8?
  /// The antenna was found good at least once: its supervisor works, and is believed when it finds it missing.
  private var hadAntenna = false
  package private(set) var satellites: UInt8?

  package init() {}

  /// Takes in what a message says besides the time.
  package mutating func note(_ report: ReceiverReport, at now: RawInstant) {
    if let value = report.isValid { validity = Sign(value: value, raw: now) }
    if let value = report.fix { fix = Sign(value: value, raw: now) }
    if let value = report.isSpoofed { spoofing = Sign(value: value, raw: now) }
    if let value = report.accuracy { accuracy = Sign(value: value, raw: now) }
    if let value = report.satellites { satellites = value }
    if let value = report.quality { quality = value }
    if let value = report.antenna, value != .unknown {
      antenna = Sign(value: value, raw: now)
      if value == .good { hadAntenna = true }
    }
  }

  /// Why there is no time now; nil = there is. A receiver that never says whether its time is valid (ZDA alone) is believed.
  package func unfitness(at now: RawInstant, minimumFix: ReceiverReport.Fix) -> Unfitness? {
    if spoofing?.fresh(at: now, Self.signMemory) == true { return .spoofed }
    let missing: Unfitness? =
      switch antenna?.fresh(at: now, Self.signMemory) {
      case .open: .antennaOpen
      case .short: .antennaShort
      default: nil
      }
    // A receiver goes on by itself for a while without an antenna, and calls that a fix.
    if hadAntenna, let missing { return missing }
    if let validity, !validity.value || now - validity.raw >= Self.validityMemory { return missing ?? .noFix }
    if let known = fix?.fresh(at: now, Self.signMemory) {
      if known == .none { return missing ?? .noFix }
      if known < minimumFix { return .poorFix }
    } else if minimumFix > .time {
      // Nobody said how much of a fix there is.
      return .poorFix
    }
    if let known = accuracy?.fresh(at: now, Self.signMemory), known > Self.worstAccuracy { return .inaccurate }
    return nil
  }

  /// What was told last, for people.
  package var signs: FixSigns {
    var signs = FixSigns()
    (signs.fix, signs.quality, signs.satellites) = (fix?.value, quality, satellites)
    signs.hasAntenna = antenna?.value == .good
    return signs
  }

  /// ns, 0 = it does not say.
  package func accuracy(at now: RawInstant) -> UInt64 { accuracy?.fresh(at: now, Self.signMemory) ?? 0 }
}
