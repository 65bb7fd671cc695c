// SPDX-License-Identifier: Apache-2.0

import ProviderKit

/// What is told: callers of their associations and of replies that were signed, people of what happened.
extension MSSNTPProvider {
  /// Tells callers what became of their associations; each may open, close and ask from inside.
  func tellReadiness() {
    while let (association, place) = places.first(where: { $0.value.isToBeTold }) {
      place.isToBeTold = false
      host.authenticator.ready(association, place.objection.isEmpty ? .ok : .notFound, reason: place.objection)
    }
  }

  /// Tells the callers, one after another and nothing after the last: each may ask for the next signature from inside.
  func tellDecisions() {
    guard let daemon, let signer else { return }
    while let (reply, outcome) = daemon.nextDecision() {
      signer.noteDecision(reply, outcome, now: host.nowRaw)
      tellNotes()
      var bytes = InlineArray<68, UInt8>(repeating: 0)
      var packet = Protection(
        length: MessageForm.headerLength, limit: MessageForm.authenticator.length, peer: reply.peer, token: reply.token,
        request: reply.selection.token)
      switch outcome {
      case .signed(let signed):
        bytes = signed
        packet.accept(length: MessageForm.authenticator.length, key: reply.selection.rid)
      case .refused(let reason):
        let isUnknown = reason == .unknownAccount || reason == .closesConnection
        packet.refuse(isUnknown ? .unknownKey : .noRoom, key: reply.selection.rid)
      }
      var span = bytes.mutableSpan
      host.authenticator.decided(reply.association, packet, &span)
    }
  }

  func tellNotes() {
    guard let signer else { return }
    for note in signer.takeNotes() { host.event(note.event, note.text) }
  }

  /// A line each for client and server, if anything happened since the last one.
  func report() {
    let refused = faults.values.reduce(0, &+)
    let silent = signer?.silences.reduce(0, &+) ?? 0
    let total = verified &+ refused &+ silent &+ (signer?.signed ?? 0)
    guard total != reportedTotal else { return }
    reportedTotal = total
    if verified &+ refused > 0 {
      host.log(
        .notice,
        "replies: \(verified) proved, \(faults[.wrongSignature] ?? 0) with a wrong signature, \(faults[.missingSignature] ?? 0) without one, "
          + "\(faults[.noKey] ?? 0) without a key to check by")
    }
    guard let signer else { return }
    let reasons = ReplySigner.Silence.allCases.filter { signer.silences[$0.rawValue] > 0 }
      .map { ", \(signer.silences[$0.rawValue]) \($0.text)" }
    let samba = daemon.map { ", \($0.signedCount) of them by Samba (connected \($0.connections) times)" } ?? ""
    host.log(
      .notice,
      "requests: \(signer.signed) signed\(samba)\(reasons.isEmpty ? "" : "; refused\(reasons.joined().dropFirst())")")
  }
}
