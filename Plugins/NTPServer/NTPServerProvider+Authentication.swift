// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// The server's associations with its schemes, and replies that are signed later. On the owner's thread.
extension NTPServerProvider {
  /// So often what could not be opened is tried again.
  static let schemeRetry = TimeInterval.seconds(60)

  func openSchemes() {
    guard let schemes else { return }
    guard host.authentication.isAvailable else {
      return host.log(.error, "the host has no authentication: requests that carry a code get no answer")
    }
    if !schemes.open(host.authentication) { host.requestPoll() }
  }

  /// Opens what is missing, and tells of schemes that this worker alone can use.
  func lookAtSchemes(_ now: RawInstant) {
    guard let schemes, now >= nextSchemeLook else { return }
    nextSchemeLook = now + Self.schemeRetry
    schemes.open(host.authentication)
  }

  /// Tells once of each scheme that some worker cannot ask.
  func tellOfSchemesOutOfReach() {
    guard let schemes else { return }
    for (index, scheme) in schemes.schemes.enumerated()
    where toldOutOfReach & 1 << index == 0 && scheme.isOutOfReach.load(ordering: .relaxed) {
      toldOutOfReach |= 1 << index
      host.log(
        .warning,
        "authentication \"\(scheme.name)\" cannot be asked by every worker (its provider has stopped, or answers on the first worker "
          + "only): requests there get no answer; workers = 1 serves all")
    }
  }

  /// A reply that was pending is signed, or not.
  func send(_ packet: Protection, _ bytes: Span<UInt8>, of association: UInt32) {
    guard let worker = workers.first, let reply = worker.pending?.take(packet.token) else { return }
    guard packet.verdict == .ok, packet.length >= NTPPacket.length, packet.length <= reply.limit,
      packet.length <= bytes.count
    else { return worker.counters.count(.unsignable) }
    let delay = host.nowRaw - reply.since
    schemes?.schemes.first { $0.association.load(ordering: .relaxed) == association }?.waiting.note(delay)
    guard delay <= settings.staleAfter else { return worker.counters.count(.stale) }
    // Its root dispersion would not hold what it has waited; the next one's does.
    guard delay <= reply.announced else { return worker.counters.count(.late) }
    let isSent = host.packets.send(
      reply.socket, bytes.extracting(first: packet.length), to: reply.peer, from: reply.local,
      interface: reply.interface)
    if isSent { worker.counters.countReplies(1) }
  }
}
