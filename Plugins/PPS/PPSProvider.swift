// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Synchronization
import TimeTypes

/// The adapter between pulses and the host: it opens devices, brings edges in and samples out, and decides nothing.
///
/// Sources are capture's once the provider is started; timer 0 ticks each second.
final class PPSProvider: Provider {
  private var slots: [PulseSlot] = []
  private var page: ClockPage?
  private let mailbox = CommandMailbox()
  private var isStarted = false
  /// Sources of an update-config.
  private let handover = SettingsHandover<[PulseSettings]>()
  /// The settings were refused: sources go on as they are, but what is not open may not be named any more.
  private let areRefused = Atomic<Bool>(false)

  private static let tick: UInt16 = 0
  /// A device that is not there is looked for so often.
  private static let pause = TimeInterval.seconds(4)

  override func initialize() -> Status {
    guard
      host.offers(
        [
          "source/1": host.sources.isAvailable, "device-io/1": host.devices.isAvailable,
          "timer/1": host.timers.isAvailable,
        ], "pulses need")
    else { return .unsupported }
    guard let sources = readSettings() else { return .invalid }
    page = host.clockPage()
    replaceSlots(with: sources)
    return .ok
  }

  override func start() -> Status {
    isStarted = true
    let now = host.nowRaw
    takePending()
    for index in slots.indices {
      if slots[index].device == 0 { open(index, now: now) }
    }
    return host.timers.arm(Self.tick, at: now)
  }

  override func stop() {
    isStarted = false
    host.timers.disarm(Self.tick)
    for index in slots.indices where slots[index].device != 0 {
      host.devices.close(slots[index].device)
      slots[index].device = 0
      slots[index].pulses.lost()
    }
  }

  override func close() {
    for slot in slots where slot.source != 0 { host.sources.remove(slot.source) }
    slots = []
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .query: break
    case .updateConfig:
      let status = handover.update(isRunning: isStarted, read: readSettings, use: replaceSlots)
      // Those that wait are not in force any more.
      if status == .again { areRefused.store(true, ordering: .relaxed) }
      return status
    // Pulses come when they come, and the era in each stamp tells of steps.
    case .pollIntervalChanged, .timeJumped, .networkChanged, .pollNow, .shutdown: return .ok
    default: return .unsupported
    }
    guard isStarted else { return .ok }
    return mailbox.post(command) ? .ok : .again
  }

  override func expired(timer: UInt16, now: RawInstant) {
    guard timer == Self.tick else { return }
    takePending()
    while mailbox.take() != nil { tellCounters() }
    for index in slots.indices {
      if slots[index].device == 0 { open(index, now: now) }
      let news = slots[index].tick(isOpen: slots[index].device != 0)
      for item in news { tell(item, of: index) }
      publishInfo(index)
    }
    host.timers.arm(Self.tick, at: now + .seconds(1))
  }

  override func deviceMarked(_ mark: DeviceMark) {
    guard let index = slots.firstIndex(where: { $0.device != 0 && $0.device == mark.device }), !mark.edge.isEmpty
    else { return }
    let error = UInt64(mark.stamp.errorNanoseconds) + UInt64(mark.errorNanoseconds)
    let pulse = Pulse(
      raw: mark.stamp.raw, time: mark.stamp.time, era: mark.stamp.era, errorNanoseconds: UInt32(clamping: error),
      sequence: mark.sequence, kind: mark.stamp.kind)
    let isOwn = mark.edge.contains(slots[index].settings.options.edge == .assert ? .assert : .clear)
    guard isOwn else { return slots[index].pulses.takeOther(pulse) }
    slots[index].info.fields.last_reply_raw_ns = pulse.raw.nanoseconds
    guard case .sample(let sample) = slots[index].pulses.take(pulse, page?.followed()) else { return }
    publish(sample, clock: mark.stamp.clock, of: index)
  }

  override func deviceChanged(_ device: UInt32, _ status: Status) {
    guard let index = slots.firstIndex(where: { $0.device != 0 && $0.device == device }) else { return }
    let name = slots[index].name
    if status == .ok {
      slots[index].deviceError = ""
      host.event(.referenceFound, source: slots[index].source, "\(name) is back")
    } else {
      slots[index].pulses.lost()
      slots[index].deviceError = "the device is gone; it is looked for once a second"
      host.event(.referenceLost, source: slots[index].source, "\(name) is gone")
    }
    publishInfo(index)
  }

  // MARK: what goes out

  private func publish(_ sample: PulseSample, clock: ClockID, of index: Int) {
    slots[index].sequence &+= 1
    let accuracy = UInt64(max(slots[index].settings.options.accuracy.nanoseconds, 0))
    // The host numbers such a sample itself by its own estimate, which a step of the clock does not touch.
    _ = host.publish(
      Sample(
        source: SourceID(rawValue: slots[index].source), sequence: slots[index].sequence,
        flags: [.oneWay, .pulse, .noLeap, .reply],
        clock: clock, era: sample.pulse.era, local: sample.pulse.time, reference: sample.reference,
        raw: sample.pulse.raw, dispersion: sample.dispersionNanoseconds,
        asymmetryBound: accuracy, referenceID: slots[index].referenceID,
        leap: sample.leap, stratum: 0, precision: sample.precision, poll: 0, receiveKind: sample.pulse.kind,
        transmitKind: .none))
  }

  private func publishInfo(_ index: Int) {
    guard slots[index].source != 0 else { return }
    slots[index].refreshNumbers()
    if slots[index].areTextsOld { slots[index].refreshTexts() }
    host.sources.update(slots[index].source, slots[index].info)
  }

  private func tellCounters() {
    for slot in slots {
      let counters = slot.pulses.counters
      let rest = counters.text
      host.log(
        .notice,
        "\(slot.name): \(counters.used) of \(counters.seen) pulses used\(rest.isEmpty ? "" : "; \(rest)")")
    }
  }

  private func tell(_ news: PulseSlot.News, of index: Int) {
    let (slot, source) = (slots[index], slots[index].source)
    switch news {
    case .reachable: host.event(.sourceReachable, source: source, "pulses of \(slot.name) are used")
    case .unreachable:
      host.event(
        .sourceUnreachable, source: source, "no pulse of \(slot.name) could be used for eight seconds")
    case .moved:
      host.event(
        .referenceJumped, source: source, "pulses of \(slot.name) have moved, and stay where they are now")
    case .state(let state):
      let text = state.text(slot.pulses.edges, width: slot.widthText)
      switch state {
      case .locked: host.event(.referenceTrusted, source: source, "pulses of \(slot.name) have their seconds")
      case .unlocked: host.event(.referenceUnfit, source: source, "\(slot.name): \(text)")
      case .refusing: host.event(.referenceRefused, source: source, "\(slot.name): \(text)")
      case .waiting, .gathering: break
      }
    }
  }

  // MARK: sources

  private func readSettings() -> [PulseSettings]? {
    let sources = host.settings.read { PulseSettings.read($0) }
    areRefused.store(sources == nil, ordering: .relaxed)
    return sources
  }

  private func takePending() {
    if let sources = handover.take() { replaceSlots(with: sources) }
  }

  /// Sources that stay go on as they are; the others end, and new ones begin. Devices are opened at once: a daemon gives up the right to
  /// those of root before it starts its providers.
  private func replaceSlots(with sources: [PulseSettings]) {
    let old = slots
    for slot in old where !sources.contains(slot.settings) {
      if slot.device != 0 { host.devices.close(slot.device) }
      if slot.source != 0 { host.sources.remove(slot.source) }
    }
    slots = sources.map { settings in old.first { $0.settings == settings } ?? PulseSlot(settings) }
    let now = host.nowRaw
    for index in slots.indices where slots[index].source == 0 {
      slots[index].refreshTexts()
      slots[index].refreshNumbers()
      if let source = host.sources.add(slots[index].info) {
        slots[index].source = source
      } else {
        host.log(.error, "the host takes no further source: \(slots[index].name) is not used")
      }
      open(index, now: now)
    }
  }

  // MARK: devices

  private func open(_ index: Int, now: RawInstant) {
    guard now >= slots[index].retry, slots[index].source != 0, !areRefused.load(ordering: .relaxed),
      !handover.isWaiting || !isStarted
    else { return }
    slots[index].retry = now + Self.pause
    let (device, path) = (slots[index].settings, slots[index].settings.device)
    var problem: String?
    if !device.enableOn.isEmpty {
      // The clock keeps on making pulses when it is closed again.
      switch host.devices.open(.hardwareClock(interval: 3_600_000), path: device.enableOn, flags: .enablePulses) {
      case .success(let clock): host.devices.close(clock)
      case .failure(let error):
        problem = "\(device.enableOn) does not make pulses: \(Self.reason(error.status, isClock: true))"
      }
    }
    switch openPulses(index, path: path) {
    case .success(let handle):
      slots[index].device = handle
      slots[index].deviceError = ""
      slots[index].deviceStatus = .ok
      if let problem { host.log(.warning, "\(slots[index].name): \(problem)") }
    case .failure(let error):
      guard slots[index].deviceStatus != error.status else { return }
      slots[index].deviceStatus = error.status
      let text =
        problem ?? "the device cannot be opened: \(Self.reason(error.status, isClock: device.options.isHardwareClock))"
      host.event(.referenceLost, source: slots[index].source, "\(slots[index].name): \(text)")
      slots[index].deviceError = text
    }
  }

  /// Why a device cannot be opened, and what would be right.
  private static func reason(_ status: Status, isClock: Bool) -> String {
    switch status {
    case .invalid where isClock: "it is no PTP clock (/dev/ptpN), or has no such channel or pin"
    case .invalid: "it is no PPS device (/dev/ppsN)"
    case .unsupported:
      isClock ? "it has no such signals, or this host opens no devices" : "it does not capture that edge"
    case .permission: "tompiond may not open it: a udev rule gives it to tompiond's user"
    default: status.text
    }
  }

  private func openPulses(_ index: Int, path: String) -> Result<UInt32, SocketError> {
    let options = slots[index].settings.options
    let edge: DeviceAccess.Edges = options.edge == .assert ? .assert : .clear
    if options.isHardwareClock {
      return host.devices.open(
        .hardwareClock(interval: 0, edges: edge, channel: options.channel, pin: options.pin), path: path)
    }
    // With both edges the width shows; many drivers capture but one.
    if options.checksWidth, case .success(let handle) = host.devices.open(.pulses([.assert, .clear]), path: path) {
      return .success(handle)
    }
    return host.devices.open(.pulses(edge), path: path)
  }
}
