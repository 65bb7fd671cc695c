// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// The adapter between sources that are devices and the host: it opens devices, brings marks in and samples out, and decides nothing.
///
/// The host's calls never overlap (base.h), so that nothing is handed over. Timer 0 ticks each second.
package final class DeviceProvider<Slot: DeviceSlot>: Provider {
  private var slots: [Slot] = []
  private var page: ClockPage?
  /// The settings that were read last are wrong: sources go on as they are, and nothing is opened, for the host knows those alone.
  private var hasWrongSettings = false

  private let ticking: UInt16 = 0
  /// A device that is not there is looked for so often.
  private let pause = TimeInterval.seconds(4)

  package override func initialize() -> Status {
    guard
      host.offers(
        [
          "source/1": host.sources.isAvailable, "device-io/1": host.devices.isAvailable,
          "timer/1": host.timers.isAvailable,
        ], Slot.need)
    else { return .unsupported }
    page = host.clockPage()
    return useSettings()
  }

  package override func start() -> Status {
    let now = host.nowRaw
    for index in slots.indices { openIfClosed(index, now: now) }
    return host.timers.arm(ticking, at: now)
  }

  package override func stop() {
    host.timers.disarm(ticking)
    for index in slots.indices where slots[index].line.isOpen {
      host.devices.close(slots[index].line.device)
      slots[index].line.device = 0
      slots[index].lost()
    }
  }

  package override func close() {
    for slot in slots where slot.line.source != 0 { host.sources.remove(slot.line.source) }
    slots = []
  }

  package override func command(_ command: Command) -> Status {
    switch command.kind {
    case .query:
      for slot in slots { host.log(.notice, "\(slot.line.name): \(slot.countsText)") }
      return .ok
    case .updateConfig: return useSettings()
    // Devices speak when they speak, and the era in each stamp tells of steps.
    case .pollIntervalChanged, .timeJumped, .networkChanged, .pollNow, .shutdown: return .ok
    default: return .unsupported
    }
  }

  package override func expired(timer: UInt16, now: RawInstant) {
    guard timer == ticking else { return }
    for index in slots.indices {
      openIfClosed(index, now: now)
      for news in slots[index].tick(now: now) {
        host.event(news.event, source: slots[index].line.source, news.text)
      }
      publishInfo(index)
    }
    host.timers.arm(ticking, at: now + .seconds(1))
  }

  package override func deviceMarked(_ mark: DeviceMark) {
    guard let index = index(of: mark.device), let sample = slots[index].take(mark, followed: { page?.followed() })
    else { return }
    _ = host.publish(sample)
  }

  package override func deviceChanged(_ device: UInt32, _ status: Status) {
    guard let index = index(of: device) else { return }
    let (name, source) = (slots[index].line.name, slots[index].line.source)
    if status == .ok {
      slots[index].line.trouble = ""
      host.event(.referenceFound, source: source, "\(name) is back")
    } else {
      slots[index].lost()
      slots[index].line.trouble = "the device is gone; it is looked for once a second"
      host.event(.referenceLost, source: source, "\(name) is gone")
    }
    publishInfo(index)
  }

  private func index(of device: UInt32) -> Int? { slots.firstIndex { $0.line.isOpen && $0.line.device == device } }

  private func publishInfo(_ index: Int) {
    guard slots[index].line.source != 0 else { return }
    let slot = slots[index]
    slots[index].line.show(
      slot.state, refused: slot.refused, text: { slot.stateText }, counts: { slot.refusedText })
    host.sources.update(slots[index].line.source, slots[index].line.info)
  }

  // MARK: sources

  private func useSettings() -> Status {
    let sources = host.settings.read { Slot.Settings.read($0) }
    hasWrongSettings = sources == nil
    guard let sources else { return .invalid }
    replaceSlots(with: sources)
    return .ok
  }

  /// Sources that stay go on as they are; the others end, and new ones begin. Devices are opened at once: a daemon gives up the right to
  /// those of root before it starts its providers.
  private func replaceSlots(with sources: [Slot.Settings]) {
    let old = slots
    for slot in old where !sources.contains(slot.settings) {
      if slot.line.isOpen { host.devices.close(slot.line.device) }
      if slot.line.source != 0 { host.sources.remove(slot.line.source) }
    }
    slots = sources.map { settings in old.first { $0.settings == settings } ?? Slot(settings) }
    let now = host.nowRaw
    for index in slots.indices where slots[index].line.source == 0 {
      if let source = host.sources.add(slots[index].line.info) {
        slots[index].line.source = source
      } else {
        host.log(.error, "the host takes no further source: \(slots[index].line.name) is not used")
      }
      openIfClosed(index, now: now)
    }
  }

  private func openIfClosed(_ index: Int, now: RawInstant) {
    let line = slots[index].line
    guard !line.isOpen, now >= line.retry, line.source != 0, !hasWrongSettings else { return }
    slots[index].line.retry = now + pause
    let opening = slots[index].open(host.devices)
    guard opening != line.opening else { return }
    slots[index].line.opening = opening
    slots[index].line.device = opening.device
    let text = slots[index].text(of: opening)
    slots[index].line.trouble = opening.device == 0 ? text : ""
    guard !text.isEmpty else { return }
    if opening.device == 0 {
      host.event(.referenceLost, source: line.source, "\(line.name): \(text)")
    } else {
      host.log(.warning, "\(line.name): \(text)")
    }
  }
}
