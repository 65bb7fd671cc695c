// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Synchronization
import TimeTypes

/// The adapter between hardware clocks and the host: it opens devices, brings readings in and samples out, and decides nothing.
///
/// Sources are capture's once the provider is started; timer 0 ticks each second.
final class PHCProvider: Provider {
  private var slots: [HardwareClockSlot] = []
  private var page: ClockPage?
  private let mailbox = CommandMailbox()
  private var isStarted = false
  /// Sources of an update-config.
  private let handover = SettingsHandover<[HardwareClockSettings]>()
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
        ], "hardware clocks need")
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
      slots[index].clock.lost()
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
    // Readings come as configured, and the era in each stamp tells of steps.
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
      let news = slots[index].tick(now: now)
      for item in news { tell(item, of: index) }
      publishInfo(index)
    }
    host.timers.arm(Self.tick, at: now + .seconds(1))
  }

  override func deviceMarked(_ mark: DeviceMark) {
    guard let index = slots.firstIndex(where: { $0.device != 0 && $0.device == mark.device }), mark.edge.isEmpty
    else { return }
    slots[index].isPrecise = mark.stamp.kind == .hardware
    slots[index].reading = mark.reading
    slots[index].info.fields.last_reply_raw_ns = mark.stamp.raw.nanoseconds
    let outcome = slots[index].clock.take(
      shown: mark.deviceTime, errorNanoseconds: mark.errorNanoseconds, mark.stamp, page?.followed())
    guard case .sample(let sample) = outcome else { return }
    publish(sample, of: index)
  }

  override func deviceChanged(_ device: UInt32, _ status: Status) {
    guard let index = slots.firstIndex(where: { $0.device != 0 && $0.device == device }) else { return }
    let name = slots[index].name
    if status == .ok {
      slots[index].deviceError = ""
      host.event(.referenceFound, source: slots[index].source, "\(name) is back")
    } else {
      slots[index].clock.lost()
      slots[index].deviceError = "the device is gone; it is looked for once a second"
      host.event(.referenceLost, source: slots[index].source, "\(name) is gone")
    }
    publishInfo(index)
  }

  // MARK: what goes out

  /// A clock that the hardware latched together with the system's has no window to be wrong in. Any other reading may lie anywhere in
  /// its window, which so is the sample's round trip: half of it bounds the error, as with a server's.
  private func publish(_ sample: HardwareClockSample, of index: Int) {
    slots[index].sequence &+= 1
    let (error, accuracy) = (
      UInt64(sample.errorNanoseconds), UInt64(max(slots[index].settings.options.accuracy.nanoseconds, 0))
    )
    let isOneWay = slots[index].isPrecise
    var flags: SampleFlags = [.noLeap, .reply]
    if isOneWay { flags.insert(.oneWay) }
    _ = host.publish(
      Sample(
        source: SourceID(rawValue: slots[index].source), sequence: slots[index].sequence, flags: flags,
        clock: sample.stamp.clock, era: sample.stamp.era, local: sample.stamp.time, reference: sample.reference,
        raw: sample.stamp.raw, delay: isOneWay ? 0 : Int64(2 * error),
        dispersion: UInt64(sample.stamp.errorNanoseconds) + accuracy + (isOneWay ? error : 0),
        asymmetryBound: error + accuracy, referenceID: slots[index].referenceID,
        timescale: sample.timescale == .tai ? .tai : .utc, leap: .none, stratum: 0, precision: -30,
        poll: slots[index].settings.options.poll, receiveKind: sample.stamp.kind, transmitKind: .none))
  }

  private func publishInfo(_ index: Int) {
    guard slots[index].source != 0 else { return }
    slots[index].refreshNumbers()
    if slots[index].areTextsOld { slots[index].refreshTexts() }
    host.sources.update(slots[index].source, slots[index].info)
  }

  private func tellCounters() {
    for slot in slots {
      let rest = slot.countsText
      host.log(
        .notice,
        "\(slot.name): \(slot.clock.readings) readings\(slot.readingText), \(slot.clock.used) samples\(rest.isEmpty ? "" : "; \(rest)")"
      )
    }
  }

  private func tell(_ news: HardwareClockSlot.News, of index: Int) {
    let (slot, source) = (slots[index], slots[index].source)
    switch news {
    case .reachable: host.event(.sourceReachable, source: source, "readings of \(slot.name) are used")
    case .unreachable:
      host.event(
        .sourceUnreachable, source: source, "no reading of \(slot.name) could be used in eight polls")
    case .jumped:
      host.event(
        .referenceJumped, source: source,
        "\(slot.name) jumped; it is not believed before other sources confirm it, or "
          + "\(slot.settings.options.hold.nanoseconds / 1_000_000_000) s have passed")
    case .state(let state):
      switch state {
      case .running: host.event(.referenceTrusted, source: source, "\(slot.name) runs, and is used\(slot.readingText)")
      case .unlocked: host.event(.referenceUnfit, source: source, "\(slot.name): \(state.text)")
      case .refusing: host.event(.referenceRefused, source: source, "\(slot.name): \(state.text)")
      case .waiting, .gathering: break
      }
    }
  }

  // MARK: sources

  private func readSettings() -> [HardwareClockSettings]? {
    let sources = host.settings.read { HardwareClockSettings.read($0) }
    areRefused.store(sources == nil, ordering: .relaxed)
    return sources
  }

  private func takePending() {
    if let sources = handover.take() { replaceSlots(with: sources) }
  }

  /// Sources that stay go on as they are; the others end, and new ones begin. Devices are opened at once: a daemon gives up the right to
  /// those of root before it starts its providers.
  private func replaceSlots(with sources: [HardwareClockSettings]) {
    let old = slots
    for slot in old where !sources.contains(slot.settings) {
      if slot.device != 0 { host.devices.close(slot.device) }
      if slot.source != 0 { host.sources.remove(slot.source) }
    }
    slots = sources.map { settings in old.first { $0.settings == settings } ?? HardwareClockSlot(settings) }
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
    let settings = slots[index].settings
    switch host.devices.open(.hardwareClock(interval: settings.options.readingInterval), path: settings.device) {
    case .success(let handle):
      slots[index].device = handle
      slots[index].deviceError = ""
      slots[index].deviceStatus = .ok
    case .failure(let error):
      guard slots[index].deviceStatus != error.status else { return }
      slots[index].deviceStatus = error.status
      let text = "the device cannot be opened: \(Self.reason(error.status))"
      host.event(.referenceLost, source: slots[index].source, "\(slots[index].name): \(text)")
      slots[index].deviceError = text
    }
  }

  /// Why a device cannot be opened, and what would be right.
  private static func reason(_ status: Status) -> String {
    switch status {
    case .invalid: "it is no PTP clock (/dev/ptpN)"
    case .permission: "tompiond may not open it: a udev rule gives it to tompiond's user"
    default: status.text
    }
  }
}
