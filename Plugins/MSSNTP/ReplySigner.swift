// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// The server's side: which requests get a signature, and by whom. Signs itself for accounts whose hashes it has; all others it leaves to
/// Samba. What happened is kept as counters and as notes for the log; one thread's.
package final class ReplySigner {
  package enum Request: Hashable, Sendable {
    /// A plain packet of 48 bytes is left, and this ties its reply to it.
    case accepted(KeySelection)
    case refused(Silence)
    /// Not of this scheme.
    case other
  }

  package enum Reply: Hashable, Sendable {
    case signed(length: Int)
    /// Samba is asked; `SigningDaemon.nextDecision` will tell.
    case pending
    case refused(Silence)
  }

  /// Why a request gets no answer.
  package enum Silence: Int, Hashable, Sendable, CaseIterable {
    case malformed, unknownAccount, shortForm, longForm, sweeping, clientLimited, ridLimited, noRoom, notSigned

    /// Behind a number: "12 by …".
    package var text: String {
      switch self {
      case .malformed: "malformed"
      case .unknownAccount: "for RIDs that are unknown here"
      case .shortForm: "in the 68-byte form, which refuse_68 forbids"
      case .longForm: "in the 120-byte form, which Samba cannot sign"
      case .sweeping: "of clients that asked for too many RIDs"
      case .clientLimited: "beyond a client's rate"
      case .ridLimited: "beyond a RID's rate"
      case .noRoom: "with no room for the signature"
      case .notSigned: "that could not be signed"
      }
    }
  }

  /// Something to be told: an event number and its text.
  package struct Note: Hashable, Sendable {
    package var event: EventNumber
    package var text: String
  }

  package var holders: [UInt32: AccountKeys]
  private let daemon: SigningDaemon?
  private let refusesShortForm: Bool
  private var limits: ServingGuard
  private var legacy = DailyAddresses()
  private var sweepers = DailyAddresses()
  private var clientGate = EventGate(every: .seconds(60))
  private var peerGate = EventGate(every: .seconds(60))
  package private(set) var signed: UInt64 = 0
  package private(set) var silences = [UInt64](repeating: 0, count: Silence.allCases.count)
  private var notes: [Note] = []

  package init(
    holders: [UInt32: AccountKeys], daemon: SigningDaemon?, refusesShortForm: Bool, limits: ServingLimits,
    random: () -> UInt64
  ) {
    self.holders = holders
    self.daemon = daemon
    self.refusesShortForm = refusesShortForm
    self.limits = ServingGuard(limits, random: random)
  }

  private func refuse(_ silence: Silence) -> Silence {
    silences[silence.rawValue] &+= 1
    return silence
  }

  /// What was to be told since the last call; at most a few a minute, whoever sends how much.
  package func takeNotes() -> [Note] {
    guard !notes.isEmpty else { return [] }
    defer { notes.removeAll(keepingCapacity: true) }
    return notes
  }

  // MARK: the request

  /// [capture]
  package func unprotect(
    _ bytes: borrowing Span<UInt8>, length: Int, peer: SocketAddress, now: RawInstant, chance: UInt64
  ) -> Request {
    switch SignedMessage.request(bytes, length: length) {
    case .other: return .other
    case .malformed: return .refused(refuse(.malformed))
    case .signed(let selection):
      if let silence = objection(selection, peer, now, chance) { return .refused(refuse(silence)) }
      return .accepted(selection)
    }
  }

  private func objection(
    _ selection: KeySelection, _ peer: SocketAddress, _ now: RawInstant, _ chance: UInt64
  ) -> Silence? {
    if refusesShortForm, selection.form == .authenticator {
      if legacy.isNew(peer, now: now) {
        notes.append(
          Note(
            event: .legacyRequestRefused,
            text: "a request of \(peer.with(port: 0)) in the 68-byte form is ignored, as refuse_68 says"))
      }
      return .shortForm
    }
    // Limits come before the question whether there is such an account: a sweep is one, whatever it finds.
    switch limits.judge(peer, rid: selection.rid, now: now, chance: chance) {
    case .within: break
    case .clientLimited: return .clientLimited
    case .ridLimited: return .ridLimited
    case .sweeping(let isFirst):
      if isFirst, sweepers.isNew(peer, now: now) {
        notes.append(
          Note(
            event: .accountSweep,
            text:
              "\(peer.with(port: 0)) asks for signatures of one account after another, as who collects them to guess passwords by "
              + "(timeroasting): it is answered for those it had so far, and for no others within the hour"))
      }
      return .sweeping
    }
    if holders[selection.rid] != nil { return nil }
    guard daemon != nil else { return .unknownAccount }
    return selection.form == .extended ? .longForm : nil
  }

  // MARK: the reply

  /// Signs a reply of 48 bytes in place, or has it signed. [capture]
  package func protect(_ bytes: inout MutableSpan<UInt8>, length: Int, _ reply: PendingReply, now: RawInstant) -> Reply
  {
    let selection = reply.selection
    let isForPeer = bytes.count > 0 && bytes[0] & 7 == 2
    guard length == MessageForm.headerLength, selection.form.length <= min(reply.limit, bytes.count) else {
      return .refused(refuse(.noRoom))
    }
    if let keys = holders[selection.rid] {
      guard SignedMessage.appendReply(selection, to: &bytes), keys.sign(&bytes, selection) else {
        failed(reply.peer, isForPeer, "signing failed", now)
        return .refused(.notSigned)
      }
      signed &+= 1
      return .signed(length: selection.form.length)
    }
    guard let daemon, selection.form == .authenticator else { return .refused(refuse(.unknownAccount)) }
    var pending = reply
    for index in 0..<MessageForm.headerLength { pending.header[index] = bytes[index] }
    guard let reason = daemon.sign(pending, now: now) else { return .pending }
    failed(reply.peer, isForPeer, reason.rawValue, now)
    return .refused(.notSigned)
  }

  /// Samba has decided. [capture]
  package func noteDecision(_ reply: PendingReply, _ outcome: SigningDaemon.Outcome, now: RawInstant) {
    switch outcome {
    case .signed: signed &+= 1
    case .refused(let reason): failed(reply.peer, reply.header[0] & 7 == 2, reason.rawValue, now)
    }
  }

  private func failed(_ peer: SocketAddress, _ isForPeer: Bool, _ reason: String, _ now: RawInstant) {
    _ = refuse(.notSigned)
    guard let count = isForPeer ? peerGate.pass(now) : clientGate.pass(now) else { return }
    let others = count > 1 ? " (and \(count - 1) before it since the last such line)" : ""
    notes.append(
      Note(
        event: isForPeer ? .peerSigningFailed : .signingFailed,
        text:
          "the reply to \(isForPeer ? "the peer" : "the client") \(peer.with(port: 0)) could not be signed and is not sent: "
          + "\(reason)\(others)"))
  }
}
