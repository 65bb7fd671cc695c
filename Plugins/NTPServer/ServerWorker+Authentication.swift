// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

/// Requests that prove their origin, and replies that prove theirs. [capture]
extension ServerWorker {
  /// What a worker needs of it in a batch.
  struct Authentication {
    let schemes: AuthenticationSchemes
    let unsigned: UnsignedRequests
    let host: Host
  }

  /// Has the request checked: its length without what proves it, nil = silence, which is counted.
  ///
  /// The limit comes first, for a check costs more than a reply; a kiss would be unsigned, so there is none here.
  func examine(
    _ batch: inout PacketBatch, _ index: Int, _ peer: SocketAddress, _ authentication: Authentication,
    _ limiter: RateLimiter?, now: RawInstant
  ) -> Int? {
    proofs[index] = .none
    let isBare = batch.length(index) <= Responder.length
    if !isBare, let limiter, !mayAsk(limiter, peer, now) { return nil }
    let found = batch.withMutableBytes(index) {
      authentication.schemes.examine(
        &$0, peer: peer, unsigned: authentication.unsigned, host: authentication.host)
    }
    switch found {
    case .plain(let length):
      return length
    case .proven(let proof, let length):
      proofs[index] = proof
      return length
    case .silence(let reason):
      counters.count(reason)
      return nil
    }
  }

  /// Signs the replies that are to be; returns how many less there are to send now.
  func protect(
    _ batch: inout PacketBatch, socket: UInt32, _ authentication: Authentication, since departure: RawInstant
  ) -> Int {
    var less = 0
    var hasSigned = false
    for index in 0..<batch.count where proofs[index].isThere && batch.replyLength(index) > 0 {
      let proof = proofs[index]
      let scheme = authentication.schemes.schemes[proof.scheme]
      var reply = Protection(
        length: batch.replyLength(index), limit: batch.length(index), peer: batch.peer(index),
        token: pending?.token ?? 0,
        request: proof.request)
      let association = scheme.association.load(ordering: .acquiring)
      batch.withMutableBytes(index) { authentication.host.authentication.protect(association, &$0, &reply) }
      switch reply.verdict {
      case .ok:
        batch.reply(index, length: reply.length)
        if scheme.signsLater == nil { scheme.signsLater = false }
        hasSigned = true
      case .pending where pending != nil:
        pending?.remember(
          .init(
            socket: socket, peer: batch.peer(index), local: batch.local(index), interface: batch.interfaceIndex(index),
            limit: batch.length(index), since: departure, announced: scheme.announced))
        scheme.signsLater = true
        batch.reply(index, length: 0)
        less += 1
      default:
        batch.reply(index, length: 0)
        counters.count(.unsignable)
        less += 1
      }
    }
    // All of them leave together, the plain ones too, when the last is signed.
    if hasSigned { authentication.schemes.signing.note(authentication.host.nowRaw - departure) }
    return less
  }

  private func mayAsk(_ limiter: RateLimiter, _ peer: SocketAddress, _ now: RawInstant) -> Bool {
    switch judge(limiter, peer, now) {
    case .within: return true
    case .leaked:
      counters.countReplies(0, leaked: 1)
      return true
    case .kissed, .refused:
      counters.count(.limited)
      return false
    }
  }
}
