// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// What associations ask for, carried out. [capture, or control while stopped]
extension NTPClientProvider {
  func perform(_ actions: AssociationActions, for index: Int, now: RawInstant) {
    for position in 0..<actions.count {
      switch actions[position] {
      case .resolve: resolve(index, now: now)
      case .send(let request): send(request, from: index, now: now)
      case .close(let socket): host.packets.close(socket)
      case .publish(var sample):
        sample.source = SourceID(rawValue: slots[index].source)
        slots[index].isOnTrial = false
        slots[index].info.lastError = ""
        _ = host.publish(sample)
      case .serverChanged: serverChanged(index)
      case .notice(let notice): tell(notice, of: index)
      }
    }
    arm(index)
  }

  /// Keeps the host's timer at the association's deadline.
  func arm(_ index: Int) {
    // A source that waits for its keys has no deadline of its own.
    let deadline = slots[index].association.state.deadline ?? slots[index].authentication.retry
    guard deadline != slots[index].armed else { return }
    let timer = UInt16(index + 1)
    if let deadline { host.timers.arm(timer, at: deadline) } else { host.timers.disarm(timer) }
    slots[index].armed = deadline
  }

  private func resolve(_ index: Int, now: RawInstant) {
    let slot = slots[index]
    let status = host.resolve(slot.settings.address, family: slot.settings.family, token: UInt64(slot.key))
    guard status != .ok else { return }
    slots[index].info.lastError = "the name could not be looked up: \(status.text)"
    deliver(.notResolved, to: index, now: now)
  }

  private func send(_ request: Request, from index: Int, now: RawInstant) {
    let isSigned = slots[index].settings.association.authentication == .msSNTP
    var packet = RequestPacket(request, leap: isSigned ? .unsynchronized : .none)
    switch protect(&packet, of: request, from: index) {
    case .done: depart(packet.bytes.span.extracting(0..<packet.length), request, from: index, now: now)
    case .pending: break
    case .failed(let reason): refused(request, reason, index, now: now)
    }
  }

  /// A socket of its own for each request: the kernel picks a port at random, and nothing else can ever arrive there (RFC 9109).
  func depart(_ packet: Span<UInt8>, _ request: Request, from index: Int, now: RawInstant) {
    let opened = host.packets.open(
      [.receiveStamps, .transmitStamps, .dontFragment], local: SocketAddress(family: request.peer.family),
      peer: request.peer)
    guard case .success(let socket) = opened else {
      if case .failure(let error) = opened { slots[index].info.lastError = "cannot send: \(error.status.text)" }
      deliver(.notSent(serial: request.serial), to: index, now: now)
      return
    }
    guard let stamp = host.now(),
      host.packets.send(socket, packet, token: slots[index].token(serial: request.serial))
    else {
      host.packets.close(socket)
      slots[index].info.lastError = "cannot send"
      deliver(.notSent(serial: request.serial), to: index, now: now)
      return
    }
    let local = host.packets.localAddress(socket) ?? .none
    deliver(.sent(serial: request.serial, socket: socket, local: local, stamp: stamp), to: index, now: now)
  }

  /// A source that has measured gets a new name with a new server: the engine's memory is of the old one.
  private func serverChanged(_ index: Int) {
    let replies = slots[index].association.counters.replies
    if slots[index].source != 0, replies != slots[index].earlierReplies {
      host.sources.remove(slots[index].source)
      slots[index].source = 0
    }
    slots[index].isOnTrial = true
    slots[index].info.address = slots[index].association.state.candidates.current.description
    if slots[index].source == 0 { addSource(index) }
  }

  func addSource(_ index: Int) {
    slots[index].earlierReplies = slots[index].association.counters.replies
    slots[index].refreshInfo()
    if let source = host.sources.add(slots[index].info) {
      slots[index].source = source
    } else {
      host.log(.error, "the host takes no further source: \(slots[index].settings.address) is not used")
    }
  }

  func publishInfo(_ index: Int) {
    guard slots[index].source != 0 else { return }
    slots[index].refreshInfo()
    host.sources.update(slots[index].source, slots[index].info)
  }

  /// The numbers are those of the event catalogue (Docs/events.md). Rare, so text may be made.
  private func tell(_ notice: AssociationNotice, of index: Int) {
    let address = slots[index].association.state.candidates.current.description
    let name = slots[index].settings.address
    let who = Self.text(name: name, address: address)
    let source = slots[index].source
    let cause = unproven(index)
    switch notice {
    case .reachable: host.event(.sourceReachable, source: source, "valid replies from \(who)")
    case .unreachable: host.event(.sourceUnreachable, source: source, "no valid reply from \(who) in eight polls")
    case .dropped(let pause):
      // Of several addresses the next one is already in use here.
      let last = slots[index].association.state.candidates.count > 1 ? name : who
      let text =
        pause == .zero
        ? "\(name): no valid reply in \(AssociationLimits.misses) polls\(cause); going on to \(address)"
        : "\(last): no valid reply in \(AssociationLimits.misses) polls\(cause); looking the name up again in \(seconds(pause)) s"
      slots[index].info.lastError = text
      host.event(.sourceDropped, source: source, text)
    case .silent(let longest):
      let last = slots[index].association.state.candidates.count > 1 ? name : who
      let text =
        "\(last): no valid reply in \(AssociationLimits.misses) polls\(cause); looking the name up again, asking on at up to "
        + "\(seconds(longest)) s"
      slots[index].info.lastError = text
      host.event(.sourceDropped, source: source, text)
    case .nameResolved: host.event(.nameResolved, source: source, "\(name) is \(address)")
    case .nameNotResolved(let pause):
      // What was right before the resolver failed may still be.
      let next = address.isEmpty ? "trying again in \(seconds(pause)) s" : "going on with \(address)"
      host.event(.nameNotResolved, source: source, "\(name): \(slots[index].info.lastError); \(next)")
    case .slowedDown(let poll):
      let text = "\(who) asks for fewer requests (kiss code RATE): now every \(1 << Int64(poll)) s"
      slots[index].info.lastError = text
      host.event(.sourceRefused, source: source, text)
    case .interleaving(let isInUse):
      host.log(
        .notice,
        isInUse
          ? "\(who) answers in interleaved mode: its replies tell when those before them really left"
          : "\(who) answers in interleaved mode no more: going on in basic mode")
    case .proven(let key, let untold):
      let with = key == 0 ? slots[index].settings.association.authentication.text : "key \(key)"
      host.event(
        .sourceProvenAgain, source: source, "\(who): its replies prove themselves again, by \(with)\(count(untold))")
    case .unproven(let reason, let untold):
      let text = "\(who): its replies are not taken: \(reason.text)\(count(untold))"
      slots[index].info.lastError = text
      if let event = reason.event { host.event(event, source: source, text) }
    case .refused(let code, let pause):
      let text = "\(name) refuses service (kiss code \(code.text)); next attempt in \(seconds(pause)) s"
      slots[index].info.lastError = text
      host.event(.sourceRefused, source: source, text)
    }
  }

  /// Polls between two lines about a source's proof.
  private func count(_ untold: UInt32) -> String {
    untold == 0
      ? "" : " (so it was in \(untold) more \(untold == 1 ? "poll" : "polls") since the last line of this kind)"
  }

  /// Why its replies prove nothing, where it is for that that none is valid.
  private func unproven(_ index: Int) -> String {
    guard slots[index].association.state.isUnproven, let reason = slots[index].association.counters.lastUnproven else {
      return ""
    }
    return " (\(reason.text))"
  }

  /// Who it is, for people; a source configured by its address is named once.
  static func text(name: String, address: String) -> String {
    guard !address.isEmpty, !isSame(name, address) else { return address.isEmpty ? name : address }
    return "\(name) (\(address))"
  }

  /// Whether the name is the address, as it stands or without its port.
  private static func isSame(_ name: String, _ address: String) -> Bool {
    address == name || address.hasPrefix("\(name):") || address.hasPrefix("[\(name)]:")
  }

  private func seconds(_ pause: TimeInterval) -> Int64 { pause.nanoseconds / 1_000_000_000 }
}
