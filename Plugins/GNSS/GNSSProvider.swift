// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

/// The adapter between receivers and the host: it carries lines to them and their samples and news to the host, and decides nothing.
///
/// All of it is the owner's thread's, whose calls never overlap (base.h). Each slot has the timer of its index plus 1, once a second.
final class GNSSProvider: Provider {
  var slots: [ReceiverSlot] = []
  private var nextKey: UInt32 = 0
  private var isStarted = false
  /// The settings that were read last are wrong: what stands goes on, and nothing is opened, for the host knows those alone.
  private(set) var hasWrongSettings = false

  override func initialize() -> Status {
    guard
      host.offers(
        [
          "source/1": host.sources.isAvailable, "timer/1": host.timers.isAvailable,
          "device-io/1": host.devices.isAvailable, "stream/1": host.streams.isAvailable,
        ], "receivers need")
    else { return .unsupported }
    guard let settings = readSettings() else { return .invalid }
    replaceSlots(with: settings)
    return .ok
  }

  override func start() -> Status {
    isStarted = true
    let now = host.nowRaw
    for index in slots.indices {
      slots[index].line = .closed(until: now)
      host.timers.arm(UInt16(index + 1), at: now)
    }
    return .ok
  }

  override func stop() {
    isStarted = false
    for index in slots.indices {
      host.timers.disarm(UInt16(index + 1))
      closeLine(index)
      closeFeeds(index)
      keepDelay(index)
    }
  }

  override func close() {
    for slot in slots where slot.source != 0 { host.sources.remove(slot.source) }
    slots = []
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      let settings = readSettings()
      hasWrongSettings = settings == nil
      guard let settings else { return .invalid }
      replaceSlots(with: settings)
      return .ok
    // Receivers speak when they speak, lines are against the raw counter, and status is told each second.
    case .pollIntervalChanged, .networkChanged, .query, .pollNow, .timeJumped, .shutdown: return .ok
    default: return .unsupported
    }
  }

  override func expired(timer: UInt16, now: RawInstant) {
    let index = Int(timer) - 1
    guard slots.indices.contains(index) else { return }
    tick(index, now: now)
    host.timers.arm(timer, at: now + .seconds(1))
  }

  override func deviceReceived(_ device: UInt32, _ bytes: Span<UInt8>, at stamp: Stamp) {
    guard let index = slots.firstIndex(where: { $0.isDevice && $0.owns(device) }) else { return }
    deviceBytes(bytes, at: stamp, index)
  }

  override func deviceChanged(_ device: UInt32, _ status: Status) {
    guard let index = slots.firstIndex(where: { $0.isDevice && $0.owns(device) }) else { return }
    lineChanged(index, device, status)
  }

  override func streamOpened(_ stream: UInt32, _ status: Status) {
    if feedOpened(stream, status) { return }
    guard let index = slots.firstIndex(where: { !$0.isDevice && $0.owns(stream) }) else { return }
    streamStands(index, stream, status)
  }

  override func streamReceived(_ stream: UInt32, _ bytes: Span<UInt8>) {
    guard let index = slots.firstIndex(where: { !$0.isDevice && $0.owns(stream) }) else { return }
    streamBytes(bytes, index)
  }

  override func streamFailed(_ stream: UInt32, _ status: Status) {
    if feedFailed(stream, status) { return }
    guard let index = slots.firstIndex(where: { !$0.isDevice && $0.owns(stream) }) else { return }
    lose(index, "the connection broke: \(status.text)")
  }

  override func resolved(token: UInt64, _ status: Status, _ addresses: AddressList, reason: String) {
    guard let index = slots.firstIndex(where: { UInt64($0.key) == token }) else { return }
    placeFound(index, status, addresses, reason: reason)
  }

  /// For the next life. Allocates: rarely. [capture]
  func keepDelay(_ index: Int) {
    guard slots[index].settings.options.learnsDelay, let learned = slots[index].receiver.learner.toRemember else {
      return
    }
    slots[index].kept = host.nowRaw
    host.store.put(RememberedDelay.name(of: slots[index].settings), learned.bytes.span)
  }

  private func readSettings() -> [ReceiverSettings]? {
    host.settings.read { ReceiverSettings.read($0) }
  }

  /// Receivers that stay keep what is known of them. Allocates: it happens when an operator changes the configuration.
  private func replaceSlots(with settings: [ReceiverSettings]) {
    var old = slots.map { Optional($0) }
    var kept: [ReceiverSlot] = []
    for wanted in settings {
      if let index = old.firstIndex(where: { $0?.settings == wanted }), let slot = old[index] {
        kept.append(slot)
        old[index] = nil
      } else {
        nextKey &+= 1
        var slot = ReceiverSlot(key: nextKey, settings: wanted)
        if wanted.options.learnsDelay,
          let remembered = host.store.get(RememberedDelay.name(of: wanted)).flatMap({ RememberedDelay($0) })
        {
          slot.receiver.begin(with: remembered)
        }
        kept.append(slot)
      }
    }
    for index in old.indices {
      host.timers.disarm(UInt16(index + 1))
      guard old[index] != nil else { continue }
      closeLine(index)
      closeFeeds(index)
      if slots[index].source != 0 { host.sources.remove(slots[index].source) }
    }
    slots = kept
    if isStarted { for index in slots.indices { host.timers.arm(UInt16(index + 1), at: host.nowRaw) } }
    for index in slots.indices where slots[index].source == 0 {
      if let source = host.sources.add(slots[index].info) {
        slots[index].source = source
      } else {
        host.log(.error, "the host takes no further source: \(slots[index].settings.place.text) is not used")
      }
      openFeeds(index, now: host.nowRaw)
    }
  }
}
