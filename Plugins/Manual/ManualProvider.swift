// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// The adapter between an operator's words and the host: each becomes one sample. What is made of it is the engine's.
///
/// An entry comes by a command, and becomes a sample in capture: the mailbox and timer 0.
final class ManualProvider: Provider {
  private var settings = ManualSettings()
  private var word = OperatorsWord()
  private var source: UInt32 = 0
  private var info = SourceInfo()
  private var sequence: UInt32 = 0
  private var isStarted = false
  private var mailbox = CommandMailbox()

  private static let tick: UInt16 = 0
  /// log2 s: a word counts as heard for eight such intervals, twelve days.
  private static let poll: Int8 = 17

  override func initialize() -> Status {
    guard host.offers(["source/1": host.sources.isAvailable, "timer/1": host.timers.isAvailable], "entered times need")
    else { return .unsupported }
    guard readSettings() else { return .invalid }
    return addSource() ? .ok : .error
  }

  override func start() -> Status {
    isStarted = true
    return host.timers.arm(Self.tick, at: host.nowRaw + .seconds(1))
  }

  override func stop() {
    isStarted = false
    host.timers.disarm(Self.tick)
  }

  override func close() {
    if source != 0 { host.sources.remove(source) }
    source = 0
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .setTime:
      guard isStarted else { return .wrongState }
      return mailbox.post(command) ? .ok : .again
    case .updateConfig: return readSettings() ? .ok : .invalid
    // An operator is not asked.
    case .query, .pollIntervalChanged, .timeJumped, .networkChanged, .pollNow, .shutdown: return .ok
    default: return .unsupported
    }
  }

  override func expired(timer: UInt16, now: RawInstant) {
    guard timer == Self.tick else { return }
    while let command = mailbox.take() {
      if command.kind == .setTime { enter(command) }
    }
    host.timers.arm(Self.tick, at: now + .milliseconds(250))
  }

  // MARK: entries

  /// `value` is UTC less the raw counter, so that it holds at any moment near the one at which it was said.
  private func enter(_ command: Command) {
    guard let stamp = host.now() else { return }
    let (sum, overflow) = command.value.addingReportingOverflow(stamp.raw.nanoseconds)
    guard !overflow else { return }
    let given = command.source > 0 ? TimeInterval.microseconds(Int64(command.source)) : settings.uncertainty
    let entry = OperatorsWord.Entry(raw: stamp.raw, time: TimeInterval(nanoseconds: sum), uncertainty: given)
    let before = word.count
    let verdict = word.take(entry)
    if case .contradicts = verdict {
      // Another source is another filter: nothing of before is in it.
      host.sources.remove(source)
      source = 0
      guard addSource() else { return }
    }
    publish(entry, stamp)
    let count = before == 0 || word.count == 1 ? "the first entry" : "entry \(word.count) of those that go together"
    host.event(
      .timeEntered, source: source, "an operator entered \(Self.text(entry.uncertainty)): \(count)\(Self.text(verdict))"
    )
  }

  private func publish(_ entry: OperatorsWord.Entry, _ stamp: Stamp) {
    sequence &+= 1
    let bound = UInt64(max(entry.uncertainty.nanoseconds, 0))
    info.fields.polls &+= 1
    info.fields.reach = info.fields.reach << 1 | 1
    info.fields.last_reply_raw_ns = stamp.raw.nanoseconds
    info.lastError = ""
    let isTaken = host.publish(
      Sample(
        source: SourceID(rawValue: source), sequence: sequence, flags: [.oneWay, .noLeap, .reply], clock: stamp.clock,
        era: stamp.era, local: stamp.time, reference: entry.time, raw: stamp.raw,
        dispersion: UInt64(stamp.errorNanoseconds), asymmetryBound: bound, referenceID: Self.referenceID, leap: .none,
        stratum: 0, precision: Self.precision(of: entry.uncertainty), poll: Self.poll, receiveKind: stamp.kind,
        transmitKind: .none))
    if isTaken { info.fields.replies &+= 1 } else { info.lastError = "the host did not take the entry" }
    host.sources.update(source, info)
  }

  /// log2 s of the whole width, rounded up: a time given to a second may lie anywhere in two.
  static func precision(of uncertainty: TimeInterval) -> Int8 {
    var exponent: Int8 = -20
    while exponent < 14,
      TimeInterval(seconds: Double(sign: .plus, exponent: Int(exponent), significand: 1)) < uncertainty + uncertainty
    {
      exponent += 1
    }
    return exponent
  }

  private static func text(_ uncertainty: TimeInterval) -> String { "the time to ±\(uncertainty.millisecondsText) ms" }

  private static func text(_ verdict: OperatorsWord.Verdict) -> String {
    guard case .contradicts(let interval) = verdict else { return "" }
    return "; those before were \(interval.millisecondsText) ms from it beyond what a crystal can do, and are forgotten"
  }

  // MARK: source and settings

  private static let referenceID = ReferenceID("MANU")

  private func addSource() -> Bool {
    info = SourceInfo()
    info.name = "manual"
    info.fields.flags = TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_MANUAL
    info.fields.reference_id = Self.referenceID.rawValue
    (info.fields.poll, info.fields.min_poll, info.fields.max_poll) = (Self.poll, Self.poll, Self.poll)
    guard let added = host.sources.add(info) else {
      host.log(.error, "the host takes no further source: times cannot be entered")
      return false
    }
    source = added
    return true
  }

  private func readSettings() -> Bool {
    guard let settings = host.settings.read({ ManualSettings.read($0) }) else { return false }
    self.settings = settings
    return true
  }
}
