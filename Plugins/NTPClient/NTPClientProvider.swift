// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

/// The adapter between associations and the host: it carries actions out and brings events in, and decides nothing.
///
/// What commands ask for is capture's to do (packets are sent): a mailbox and timer 0. Each slot has the timer of its index plus 1.
final class NTPClientProvider: Provider {
  var slots: [AssociationSlot] = []
  private var mailbox = CommandMailbox()
  private var nextKey: UInt32 = 0
  private var isStarted = false

  static let mailboxTimer: UInt16 = 0

  override func initialize() -> Status {
    guard
      host.offers(
        [
          "source/1": host.sources.isAvailable, "packet-io/1": host.packets.isAvailable,
          "timer/1": host.timers.isAvailable,
        ], "an NTP client needs")
    else { return .unsupported }
    return useSettings()
  }

  override func start() -> Status {
    isStarted = true
    return wakeCapture()
  }

  override func stop() {
    isStarted = false
    let now = host.nowRaw
    for index in slots.indices {
      closeAuthentication(index)
      deliver(.stop, to: index, now: now)
    }
    host.timers.disarm(Self.mailboxTimer)
  }

  override func close() {
    for slot in slots where slot.source != 0 { host.sources.remove(slot.source) }
    slots = []
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      let status = useSettings()
      return status == .ok && isStarted ? wakeCapture() : status
    case .pollIntervalChanged, .networkChanged, .query, .pollNow: break
    // Intervals are taken on the raw clock, and stamps carry the era of theirs: a step falsifies nothing.
    case .timeJumped, .shutdown: return .ok
    default: return .unsupported
    }
    guard isStarted else { return .ok }
    return mailbox.post(command) ? wakeCapture() : .again
  }

  override func receive(_ batch: inout PacketBatch, socket: UInt32, worker: ProviderWorker?) {
    datagrams(&batch, socket: socket)
  }
  override func transmitted(_ transmitted: Transmitted) { departed(transmitted) }
  override func failed(socket: UInt32, _ status: Status) { socketFailed(socket, status) }
  override func expired(timer: UInt16, now: RawInstant) { timerExpired(timer, now: now) }
  override func resolved(token: UInt64, _ status: Status, _ addresses: AddressList, reason: String) {
    lookedUp(token: token, status, addresses, reason: reason)
  }

  override func protectionDecided(_ association: UInt32, _ packet: Protection, _ bytes: Span<UInt8>) {
    decided(association, packet, bytes)
  }
  override func associationReady(_ association: UInt32, _ status: Status, peer: SocketAddress, reason: String) {
    keysChanged(association, status, reason: reason)
  }

  private func wakeCapture() -> Status { host.timers.arm(Self.mailboxTimer, at: host.nowRaw) }

  private func useSettings() -> Status {
    guard let sources = host.settings.read({ SourceSettings.read($0) }) else { return .invalid }
    replaceSlots(with: sources, now: host.nowRaw)
    return .ok
  }

  /// Timer 0: commands wait, or the provider was started. [capture]
  func drainMailbox(now: RawInstant) {
    while let command = mailbox.take() { obey(command, now: now) }
    let precision = host.clockPage()?.read()?.precision ?? 0
    for index in slots.indices {
      if precision < 0 { slots[index].association.localPrecision = precision }
      begin(index, now: now)
    }
  }

  private func obey(_ command: Command, now: RawInstant) {
    for index in slots.indices where command.source == 0 || command.source == slots[index].source {
      switch command.kind {
      case .pollIntervalChanged:
        deliver(.pollAdvised(Int8(clamping: command.value)), to: index, now: now)
      case .networkChanged: deliver(.networkChanged, to: index, now: now)
      case .pollNow: deliver(.pollNow, to: index, now: now)
      default: break
      }
      publishInfo(index)
    }
  }

  /// Sources that stay keep their associations; the others end, and new ones begin. Allocates: it happens when an operator changes
  /// the configuration, and before the start.
  private func replaceSlots(with sources: [SourceSettings], now: RawInstant) {
    var old = slots.map { Optional($0) }
    var kept: [AssociationSlot] = []
    for settings in sources {
      for member in 0..<settings.associations {
        if let index = old.firstIndex(where: { $0?.settings == settings && $0?.member == member }),
          let slot = old[index]
        {
          kept.append(slot)
          old[index] = nil
        } else {
          nextKey &+= 1
          kept.append(AssociationSlot(key: nextKey, settings: settings, member: member))
        }
      }
    }
    for index in old.indices {
      host.timers.disarm(UInt16(index + 1))
      guard old[index] != nil else { continue }
      closeAuthentication(index)
      deliver(.stop, to: index, now: now)
      if slots[index].source != 0 { host.sources.remove(slots[index].source) }
    }
    slots = kept
    for index in slots.indices {
      // Members of a pool beyond the first are shown as soon as there is an address for them.
      if slots[index].source == 0, slots[index].member == 0 { addSource(index) }
      slots[index].armed = nil
      arm(index)
    }
  }
}
