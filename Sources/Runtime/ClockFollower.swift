// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Discipline
import Engine
import LinuxKernel
import Report
import Settings
import TimeTypes

/// One hardware or auxiliary clock: read once per interval, and steered after the system clock where it follows that one.
///
/// It has an engine of its own, whose one source is the system clock; which servo that engine uses is a setting. [hardware clocks]
final class ClockFollower {
  let settings: HardwareClockConfiguration
  private let id: ClockID
  private let source: SourceID
  private let open: (HardwareClockConfiguration, ClockID) throws(KernelError) -> DeviceClock
  private let glance: () -> SystemGlance?
  private let look: (String) -> PHCPath.Look
  private var rival: RivalDaemon?
  private let raise: (EventRecord) -> Void
  private var clock: DeviceClock?
  private var engine: Engine?
  private var actions = Actions()
  private var report = ClockReport()
  private var sequence: UInt32 = 0
  private var toldFailure = ""
  private var isTAIUnknown = false

  /// Opens the device at the first turn, or by `prepare`. `glance` reads the system clock, `look` finds who has a device
  /// open; tests put others in their place.
  init(
    _ settings: HardwareClockConfiguration, number: UInt16,
    open: @escaping (HardwareClockConfiguration, ClockID) throws(KernelError) -> DeviceClock = ClockFollower.device,
    glance: @escaping () -> SystemGlance? = { SystemGlance() },
    look: @escaping (String) -> PHCPath.Look = { PHCPath.look(at: $0) }, raise: @escaping (EventRecord) -> Void
  ) {
    self.settings = settings
    id = ClockID(rawValue: number)
    source = SourceID(rawValue: UInt32(number))
    self.open = open
    self.glance = glance
    self.look = look
    self.raise = raise
    report.name = settings.name
    report.device = settings.device
    if case .auxiliary = settings.kind { report.kind = .auxiliary } else { report.kind = .hardware }
    report.timescale = settings.timescale.rawValue
    report.follows = settings.follows == .system ? "system" : "nothing"
    report.servo = isSteered ? settings.servo.rawValue : ""
    report.owner = "nobody"
  }

  private var isSteered: Bool { settings.follows == .system && settings.steer }

  /// How the clock is.
  var state: ClockReport { report }

  /// The kernel's device of a setting, with its lock where it is to be steered.
  static func device(
    _ settings: HardwareClockConfiguration, id: ClockID
  ) throws(KernelError) -> DeviceClock {
    let mode: SystemClock.Mode = settings.follows == .system && settings.steer ? .steer : .observe
    switch settings.kind {
    case .path, .interface:
      return .hardware(try HardwareClock(id: id, path: try path(of: settings) ?? settings.device, mode: mode))
    case .auxiliary(let number):
      return .auxiliary(
        try AuxiliaryClock(
          id: id, number: number, mode: mode, lockPaths: AuxiliaryClock.lockPaths(number)))
    }
  }

  /// The /dev/ptpN of a setting; nil = it is none.
  private static func path(of settings: HardwareClockConfiguration) throws(KernelError) -> String? {
    switch settings.kind {
    case .path(let path): PHCPath.real(path)
    case .interface(let name): try PHCPath.ofInterface(name)
    case .auxiliary: nil
    }
  }

  /// Who else steers the device. One that was seen once, and runs on where this process may no longer look, still does.
  private func findRival() throws(KernelError) -> RivalDaemon? {
    guard isSteered, let path = try Self.path(of: settings) else { return nil }
    let seen = look(path)
    rival = seen.holders.first { $0.name != "tompiond" } ?? seen.hidden.first { $0 == rival }
    return rival
  }

  /// Opens the device if it is not open; true = it is. A failure is said once.
  @discardableResult
  func prepare() -> Bool {
    if clock != nil { return true }
    do {
      if let rival = try findRival() {
        refuse("\(rival) has it open and steers it: stop that, or write follows = \"none\"", owner: rival.description)
        return false
      }
      let opened = try open(settings, id)
      clock = opened
      report.maximumFrequency = opened.capabilities.maximumFrequency
      report.method = opened.method
      report.owner = isSteered ? "tompiond (pid \(ProcessTable().ownPID))" : "nobody"
      report.state = isSteered ? .starting : .watched
      report.reason = ""
      toldFailure = ""
      if isSteered { engine = engine(for: opened) }
      let doing = isSteered ? "steered after the system clock by the \(settings.servo.rawValue) servo" : "only read"
      raise(
        EventRecord(
          .hardwareClockReady, source: settings.name,
          text: "\(settings.device) is read by \(opened.method) and \(doing)"))
      return true
    } catch {
      if error.errno == KernelError.wouldBlock {
        refuse(
          "another tompiond steers it, and a clock has one owner: stop that one, or write follows = \"none\"",
          owner: "another tompiond")
      } else if error.errno == KernelError.accessDenied, report.state == .refused {
        // Somebody else owned it at the start; without root's rights it cannot be had any more.
        return false
      } else {
        fail(Self.advice(error, settings))
      }
      return false
    }
  }

  private static func advice(_ error: KernelError, _ settings: HardwareClockConfiguration) -> String {
    let hint =
      switch error.errno {
      case KernelError.accessDenied where settings.isAuxiliary:
        "; its lock is in /run/tompion, which the daemon's user has to own (RuntimeDirectory=tompion of systemd)"
      case KernelError.accessDenied: "; give the daemon's user the right to open it (a udev rule), or start it as root"
      case KernelError.notFound, KernelError.noDevice:
        if case .auxiliary(let number) = settings.kind {
          "; Linux has auxiliary clocks from 6.17 on, enabled by /sys/kernel/time/aux_clocks/\(number)/aux_clock_enable"
        } else {
          "; `ls /dev/ptp*` shows what there is"
        }
      default: ""
      }
    return "\(settings.device): \(error)\(hint)"
  }

  private func refuse(_ reason: String, owner: String) {
    report.owner = owner
    say(.hardwareClockOwned, reason, .refused)
  }

  private func fail(_ reason: String) {
    clock = nil
    say(.hardwareClockFailed, reason, .failed)
  }

  private func say(_ kind: EventKind, _ reason: String, _ state: ClockReport.State) {
    report.state = state
    report.reason = reason
    guard reason != toldFailure else { return }
    toldFailure = reason
    raise(EventRecord(kind, source: settings.name, text: reason))
  }

  private func engine(for clock: DeviceClock) -> Engine {
    var parameters = EngineParameters()
    parameters.maximumPositivePhaseCorrection = .noLimit
    parameters.maximumNegativePhaseCorrection = .noLimit
    parameters.firstSync = .accept
    let limit = settings.pi.maximumFrequency > 0 ? settings.pi.maximumFrequency * 1e-9 : .infinity
    parameters.maximumFrequency = Frequency(ratio: min(clock.capabilities.maximumFrequency.ratio, limit))
    parameters.maximumSlewRate = parameters.maximumFrequency
    let step: PhaseLimit = settings.pi.stepThreshold > 0 ? .seconds(settings.pi.stepThreshold) : .noLimit
    parameters.maximumForwardSlew = step
    parameters.maximumBackwardSlew = step
    parameters.firstStep = settings.pi.firstStepThreshold > 0 ? settings.pi.firstStepThreshold : nil
    parameters.minimumDispersion = 1e-9
    parameters.precision = -30
    if settings.servo == .pi { parameters.pi = PISettings(settings.pi) }
    var engine = Engine(clock: id, parameters: parameters, capacity: 1)
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
      guard let seen = try clock?.observe() else { return }
      observation = seen
    } catch {
      return fail("\(settings.device) cannot be read any more: \(error.deviceSentence)")
    }
    guard let after = glance() else { return }
    let sight = observation.sight
    report.readingError = TimeInterval(nanoseconds: Int64(sight.errorNanoseconds))
    report.frequency = observation.reading.frequency
    if observation.finding.moved != nil { report.moves &+= 1 }
    guard let reference = reference(at: sight, before, after) else { return }
    report.offset = reference - observation.reading.time
    report.samples &+= 1
    guard engine != nil else { return }
    if let moved = observation.finding.moved {
      feed(.clockMoved(observation.reading, by: moved))
    } else {
      if observation.finding.frequency != nil { feed(.clockFrequencyChanged(observation.reading)) }
      feed(.tick(observation.reading))
    }
    if settings.onlySynchronized, !after.isSynchronized {
      report.state = .waiting
      report.reason = "the system clock is not synchronized"
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
      if !isTAIUnknown { raise(EventRecord(.taiUnknown, source: settings.name, text: reason)) }
      isTAIUnknown = true
      if isSteered { report.state = .waiting }
      report.reason = reason
      return nil
    }
    isTAIUnknown = false
    report.taiOffset = offset
    return utc + .seconds(Int64(offset))
  }

  private func settle() {
    report.reason = ""
    switch engine?.steeringState {
    case .refused(let error):
      report.state = .refused
      report.reason = error.deviceSentence
    case .revalidating: report.state = .moved
    default:
      switch engine?.servoState {
      case .unlocked: report.state = .unlocked
      case .jump: report.state = .jump
      case .locked: report.state = .locked
      case nil: report.state = engine?.timeState.synchronized == true ? .locked : .unlocked
      }
    }
  }

  /// Into the engine, and what it asks for to the clock, until it asks for nothing more.
  private func feed(_ event: Event) {
    actions.removeAll()
    engine?.handle(event, into: &actions)
    var rounds = 0
    while actions.count > 0 {
      var feedback: Event?
      for position in 0..<actions.count {
        switch actions[position] {
        case .adjust(_, let frequency):
          feedback = apply(stepped: .zero) { clock throws(ClockError) in _ = try clock.adjust(frequency: frequency) }
        case .step(_, let interval):
          feedback = apply(stepped: interval) { clock throws(ClockError) in try clock.step(by: interval) }
        case .log(let event): tell(event)
        case .setStatus, .publish, .requestPoll: break
        }
      }
      actions.removeAll()
      guard let event = feedback, rounds < 4 else { return }
      rounds += 1
      engine?.handle(event, into: &actions)
    }
  }

  private func apply(stepped: TimeInterval, _ change: (inout DeviceClock) throws(ClockError) -> Void) -> Event? {
    guard var driven = clock else { return nil }
    do {
      try change(&driven)
      let reading = try driven.read()
      clock = driven
      if stepped != .zero { report.steps &+= 1 }
      report.frequency = reading.frequency
      return .applied(reading, stepped: stepped)
    } catch {
      clock = driven
      return .refused(error, now: RawClock.now())
    }
  }

  private func tell(_ event: EngineEvent) {
    let name = settings.name
    switch event {
    case .stepped(let interval):
      raise(EventRecord(.hardwareClockStepped, source: name, text: "\(name) was moved by \(Quantity.offset(interval))"))
    case .clockMoved(let interval):
      raise(
        EventRecord(
          .hardwareClockMoved, source: name, text: "somebody else moved \(name) by \(Quantity.offset(interval))"))
    case .clockFrequencyChanged(let frequency):
      let text = "somebody else set the frequency of \(name) to \(Quantity.frequency(frequency)); it is set back"
      raise(EventRecord(.hardwareClockMoved, source: name, text: text))
    case .synchronized: raise(EventRecord(.hardwareClockLocked, source: name, text: "\(name) follows the system clock"))
    case .unsynchronized:
      raise(EventRecord(.hardwareClockLocked, source: name, text: "\(name) no longer follows the system clock"))
    case .clockRefused(let error):
      raise(
        EventRecord(.hardwareClockFailed, source: name, text: "\(name) is not steered: \(error.deviceSentence)"))
    default: break
    }
  }

  /// The end: no slew is left running.
  func release() {
    guard isSteered, let rest = engine?.restFrequency else { return }
    _ = try? clock?.adjust(frequency: rest)
  }
}

extension PISettings {
  /// As the configuration says them.
  init(_ pi: PIConfiguration) {
    self.init()
    proportional = pi.proportional
    integral = pi.integral
    proportionalScale = pi.proportionalScale
    proportionalExponent = pi.proportionalExponent
    proportionalNormMax = pi.proportionalNormMax
    integralScale = pi.integralScale
    integralExponent = pi.integralExponent
    integralNormMax = pi.integralNormMax
    stepThreshold = pi.stepThreshold
    firstStepThreshold = pi.firstStepThreshold
    maximumFrequency = pi.maximumFrequency * 1e-9
  }
}

extension HardwareClockConfiguration {
  fileprivate var isAuxiliary: Bool { if case .auxiliary = kind { true } else { false } }
}

extension ClockError {
  /// What it means for a clock that is a device.
  var deviceSentence: String {
    switch self {
    case .notPermitted: "not permitted: the device has to be open for writing by this user"
    case .invalidValue: "the driver refuses the value"
    case .unsupported: "the clock is gone, or its driver cannot do that"
    case .observing: "it is only watched"
    case .system(let errno): KernelError.text(of: errno)
    }
  }
}
