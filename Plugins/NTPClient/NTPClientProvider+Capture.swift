// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// Events from the host. [capture]
extension NTPClientProvider {
  func datagrams(_ batch: inout PacketBatch, socket: UInt32) {
    guard socket != 0, let index = slots.firstIndex(where: { $0.socket == socket }) else { return }
    let now = host.nowRaw
    for position in 0..<batch.count {
      guard let (header, proof) = examine(&batch, position, socket: socket, index) else { continue }
      take(header, proof, socket: socket, arrival: batch.stamp(position), index, now: now)
      publishInfo(index)
    }
  }

  func take(_ header: NTPPacket?, _ proof: Proof, socket: UInt32, arrival: Stamp, _ index: Int, now: RawInstant) {
    var actions = AssociationActions()
    slots[index].association.receive(
      header, socket: socket, proof: proof, arrival: arrival, now: now, entropy: entropy(of: index), into: &actions)
    perform(actions, for: index, now: now)
  }

  func departed(_ transmitted: Transmitted) {
    let key = UInt32(truncatingIfNeeded: transmitted.token >> 32)
    guard let index = slots.firstIndex(where: { $0.key == key }) else { return }
    deliver(
      .transmitted(serial: UInt32(truncatingIfNeeded: transmitted.token), stamp: transmitted.stamp), to: index,
      now: host.nowRaw)
  }

  /// An ICMP error may be forged by anybody who guesses the port: it is shown, and the request waits for its answer all the same.
  func socketFailed(_ socket: UInt32, _ status: Status) {
    guard socket != 0, let index = slots.firstIndex(where: { $0.socket == socket }) else { return }
    slots[index].info.lastError = status.text
    publishInfo(index)
  }

  func timerExpired(_ timer: UInt16, now: RawInstant) {
    guard timer != Self.mailboxTimer else {
      drainMailbox(now: now)
      return
    }
    let index = Int(timer) - 1
    guard index < slots.count else { return }
    slots[index].armed = nil
    guard slots[index].association.state.phase != .stopped else {
      begin(index, now: now)
      return arm(index)
    }
    deliver(.deadline, to: index, now: now)
  }

  func lookedUp(token: UInt64, _ status: Status, _ list: AddressList, reason: String) {
    guard let index = slots.firstIndex(where: { UInt64($0.key) == token }) else { return }
    let now = host.nowRaw
    guard status == .ok else {
      slots[index].info.lastError = reason.isEmpty ? status.text : reason
      deliver(.notResolved, to: index, now: now)
      return
    }
    let usable = slots[index].settings.isPool ? addressForPool(index, from: list) : list
    if usable.count == 0 {
      slots[index].info.lastError =
        list.count == 0 ? "the name has no address" : "the name has no further address"
      deliver(.notResolved, to: index, now: now)
    } else {
      deliver(.resolved(usable), to: index, now: now)
    }
  }

  /// One address for a member of a pool: none that another association uses, and the old one while another member is on trial, so that
  /// a pool never exchanges its servers all at once.
  private func addressForPool(_ index: Int, from list: AddressList) -> AddressList {
    let own = slots[index].association.state.candidates.current
    var chosen = AddressList()
    if own.family != .none,
      slots.indices.contains(where: { $0 != index && isPeer($0, of: index) && slots[$0].isOnTrial })
    {
      chosen.append(own)
      return chosen
    }
    for position in 0..<list.count {
      let address = list[position].with(port: slots[index].settings.port)
      // The one that was given up comes last.
      guard address != own, !slots.contains(where: { $0.association.state.candidates.current == address }) else {
        continue
      }
      chosen.append(list[position])
      return chosen
    }
    if own.family != .none { chosen.append(own) }
    return chosen
  }

  private func isPeer(_ other: Int, of index: Int) -> Bool { slots[other].settings == slots[index].settings }

  /// Brings an event to an association and carries out what it asks for.
  func deliver(_ event: AssociationEvent, to index: Int, now: RawInstant) {
    var actions = AssociationActions()
    slots[index].association.handle(event, now: now, entropy: entropy(of: index), into: &actions)
    perform(actions, for: index, now: now)
    if actions.count > 0 { publishInfo(index) }
  }

  private func entropy(of index: Int) -> Entropy {
    Entropy(
      nonce: host.random(), spread: host.random(),
      interleavedNonce: slots[index].settings.association.interleaved ? host.random() : 0)
  }
}
