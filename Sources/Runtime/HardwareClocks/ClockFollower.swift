// SPDX-License-Identifier: Apache-2.0

import CardLines
import ClockPort
import Engine
import LinuxKernel
import Report
import Settings
import TimeTypes

/// One hardware or auxiliary clock: read once per interval, and steered after the system clock where it follows that one.
///
/// It has an engine of its own, whose one source is the system clock; which servo that engine uses is a setting. [hardware clocks]
final class ClockFollower {
  private let entry: ClockEntry
  private let id: ClockID
  private let source: SourceID
  private let glance: () -> SystemGlance?
  private var engine: Engine?
  private var actions = Actions()
  private var sequence: UInt32 = 0
  private var isTAIUnknown = false

  private var settings: HardwareClockConfiguration { entry.settings }

  /// Opens the device at the first turn, or by `prepare`. `glance` reads the system clock; tests put another in its place.
  init(
    _ settings: HardwareClockConfiguration, number: UInt16, claims: DeviceClaims, access: DeviceAccess = .kernel,
    glance: @escaping () -> SystemGlance? = { SystemGlance() }, raise: @escaping (EventRecord) -> Void
  ) {
    id = ClockID(rawValue: number)
    source = SourceID(rawValue: UInt32(number))
    self.glance = glance
    entry = ClockEntry(settings, id: id, claims: claims, access: access, nobody: "nobody", raise: raise)
  }

  /// How the clock is.
  var state: ClockReport { entry.report }

  /// Opens the device if it is not open; true = it is. A failure is said once.
  @discardableResult
  func prepare() -> Bool {
    let doing =
      entry.isSteered ? "steered after the system clock by the \(settings.servo.rawValue) servo" : "only read"
    switch entry.open(doing: doing) {
    case .already: return true
    case .shut: return false
    case .now:
      if entry.isSteered, let clock = entry.clock { engine = engine(for: clock) }
      return true
    }
  }

  private func engine(for clock: DeviceClock) -> Engine {
    var engine = Engine(
      clock: id, parameters: EngineParameters(settings, limit: clock.capabilities.maximumFrequency), capacity: 1)
    var options = SourceOptions()
    options.referenceClock = true
    options.minimumPoll = settings.poll
    options.maximumPoll = settings.poll
    engine.handle(.sourceAdded(source, options, now: RawClock.now()), into: &actions)
    return engine
  }

  /// Reads the clock, and steers it if that is its lot.
  func turn() {
    guard prepare(), let before = glance() else { return }
    let observation: DeviceObservation
    do {
      guard let seen = try entry.clock?.observe() else { return }
      observation = seen
    } catch {
      return entry.fail("\(settings.device) cannot be read any more: \(error.deviceSentence)")
    }
    guard let after = glance() else { return }
    let sight = observation.sight
    entry.report.readingError = TimeInterval(nanoseconds: Int64(sight.errorNanoseconds))
    entry.report.frequency = observation.reading.frequency
    if observation.finding.moved != nil { entry.report.moves &+= 1 }
    guard let reference = reference(at: sight, before, after) else { return }
    entry.report.offset = reference - observation.reading.time
    entry.report.samples &+= 1
    guard engine != nil else { return }
    if let moved = observation.finding.moved {
      feed(.clockMoved(observation.reading, by: moved))
    } else {
      if observation.finding.frequency != nil { feed(.clockFrequencyChanged(observation.reading)) }
      feed(.tick(observation.reading))
    }
    if settings.onlySynchronized, !after.isSynchronized {
      entry.report.state = .waiting
      entry.report.reason = "the system clock is not synchronized"
      return
    }
    sequence &+= 1
    var sample = Sample(
      source: source, sequence: sequence, flags: [.oneWay], clock: id, era: observation.reading.era,
      local: observation.reading.time, reference: reference, raw: observation.reading.raw)
    sample.dispersionNanoseconds = UInt64(sight.errorNanoseconds)
    sample.asymmetryBoundNanoseconds = UInt64(sight.errorNanoseconds)
    sample.precision = -30
    sample.poll = settings.poll
    feed(.sample(sample, now: observation.reading.raw))
    settle()
  }

  /// What the clock should show at a reading; nil = the system clock was moved meanwhile, or TAI − UTC is not known.
  private func reference(at sight: PHCReading, _ before: SystemGlance, _ after: SystemGlance) -> TimeInterval? {
    guard before.agrees(with: after) else { return nil }
    let utc = sight.realtime ?? after.utc(at: sight.raw)
    guard settings.timescale == .tai else { return utc }
    guard let offset = after.taiOffset else {
      let reason =
        "TAI - UTC is not known to the kernel: check clock.leap_seconds_file, or write timescale = \"utc\" if it keeps UTC"
      if !isTAIUnknown { entry.raise(EventRecord(.taiUnknown, source: settings.name, text: reason)) }
      isTAIUnknown = true
      if entry.isSteered { entry.report.state = .waiting }
      entry.report.reason = reason
      return nil
    }
    isTAIUnknown = false
    entry.report.taiOffset = offset
    return utc + .seconds(Int64(offset))
  }

  private func settle() {
    entry.report.reason = ""
    switch engine?.steeringState {
    case .refused(let error):
      entry.report.state = .refused
      entry.report.reason = error.deviceSentence
    case .revalidating: entry.report.state = .moved
    default:
      switch engine?.servoState {
      case .unlocked: entry.report.state = .unlocked
      case .jump: entry.report.state = .jump
      case .locked: entry.report.state = .locked
      case nil: entry.report.state = engine?.timeState.synchronized == true ? .locked : .unlocked
      }
    }
  }

  private func feed(_ event: Event) {
    engine?.handle(event, using: &actions) { action in carryOut(action) }
  }

  private func carryOut(_ action: Action) -> Event? {
    switch action {
    case .adjust(_, let frequency):
      return apply(stepped: .zero) { clock throws(ClockError) in _ = try clock.adjust(frequency: frequency) }
    case .step(_, let interval):
      return apply(stepped: interval) { clock throws(ClockError) in try clock.step(by: interval) }
    case .log(let event): tell(event)
    case .setStatus, .publish, .requestPoll: break
    }
    return nil
  }

  private func apply(stepped: TimeInterval, _ change: (inout DeviceClock) throws(ClockError) -> Void) -> Event? {
    guard var driven = entry.clock else { return nil }
    do {
      try change(&driven)
      let reading = try driven.read()
      entry.clock = driven
      if stepped != .zero { entry.report.steps &+= 1 }
      entry.report.frequency = reading.frequency
      return .applied(reading, stepped: stepped)
    } catch {
      entry.clock = driven
      return .refused(error, now: RawClock.now())
    }
  }

  private func tell(_ event: EngineEvent) {
    let name = settings.name
    switch event {
    case .stepped(let interval):
      entry.raise(
        EventRecord(.hardwareClockStepped, source: name, text: "\(name) was moved by \(Quantity.offset(interval))"))
    case .clockMoved(let interval):
      entry.raise(
        EventRecord(
          .hardwareClockMoved, source: name, text: "somebody else moved \(name) by \(Quantity.offset(interval))"))
    case .clockFrequencyChanged(let frequency):
      let text = "somebody else set the frequency of \(name) to \(Quantity.frequency(frequency)); it is set back"
      entry.raise(EventRecord(.hardwareClockMoved, source: name, text: text))
    case .synchronized:
      entry.raise(EventRecord(.hardwareClockLocked, source: name, text: "\(name) follows the system clock"))
    case .unsynchronized:
      entry.raise(EventRecord(.hardwareClockLocked, source: name, text: "\(name) no longer follows the system clock"))
    case .clockRefused(let error):
      entry.raise(
        EventRecord(.hardwareClockFailed, source: name, text: "\(name) is not steered: \(error.deviceSentence)"))
    default: break
    }
  }

  /// The end: no slew is left running.
  func release() {
    guard entry.isSteered, let rest = engine?.restFrequency else { return }
    _ = try? entry.clock?.adjust(frequency: rest)
  }
}
