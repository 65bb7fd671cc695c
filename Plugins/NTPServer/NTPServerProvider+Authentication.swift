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
    for scheme in schemes.schemes where scheme.isOwnersOnly.exchange(false, ordering: .relaxed) {
      host.log(
        .warning,
        "authentication \"\(scheme.name)\" is not there, or answers on the first of \(settings.workers) workers only: "
          + "requests at others get no answer; workers = 1 serves all")
    }
  }

  /// A reply that was pending is signed, or not.
  func send(_ packet: Protection, _ bytes: Span<UInt8>, of association: UInt32) {
    guard let worker = workers.first, let reply = worker.pending?.take(packet.token) else { return }
    let delay = host.nowRaw - reply.since
    let scheme = schemes?.schemes.first { $0.association.load(ordering: .relaxed) == association }
    scheme?.delay.note(delay)
    guard packet.verdict == .ok, packet.length >= NTPPacket.length, packet.length <= reply.limit,
      packet.length <= bytes.count
    else { return worker.counters.count(.unsignable) }
    guard delay <= settings.staleAfter else { return worker.counters.count(.stale) }
    let isSent = host.packets.send(
      reply.socket, bytes.extracting(first: packet.length), to: reply.peer, from: reply.local,
      interface: reply.interface)
    if isSent { worker.counters.countReplies(1) }
  }
}
