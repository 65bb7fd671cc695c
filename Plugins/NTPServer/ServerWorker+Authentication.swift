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

  /// Judges the requests of a batch, has the schemes check those that may be asked about, and makes all of their replies but the server's
  /// stamps; returns how many there are.
  func answer(
    _ batch: inout PacketBatch, _ authentication: Authentication, _ policy: ServerPolicy, _ served: ServedTime,
    _ template: ReplyTemplate, now: RawInstant, interleaves: Bool
  ) -> Int {
    let (access, limiter, staleAfter) = (policy.access, policy.limiter, policy.staleAfter)
    let schemes = authentication.schemes
    proofs.begin(batch.count)
    for index in 0..<batch.count {
      proofs[index] = firstLook(batch, index, access, limiter, authentication.unsigned, now: now)
    }
    proofs.examine(&batch, schemes, unsigned: authentication.unsigned, host: authentication.host)
    var replies = 0
    // Of the scheme before: mostly there is one.
    var (scheme, proven) = (-1, template)
    for index in 0..<batch.count {
      var isAnswered = false
      switch proofs[index] {
      case .open: break
      case .silence(let reason): counters.count(reason)
      case .plain(let length):
        let limiter = isBare(batch, index) ? limiter : nil
        isAnswered = answer(&batch, index, limiter, staleAfter, template, now, interleaves, plain: length)
      case .proven(let proof, let length):
        if proof.scheme != scheme {
          scheme = proof.scheme
          proven = ReplyTemplate(served, delay: schemes.signing.current + schemes.schemes[scheme].announced)
        }
        isAnswered = answer(&batch, index, nil, staleAfter, proven, now, interleaves, plain: length)
      }
      if isAnswered { replies &+= 1 }
    }
    return replies
  }

  /// What is known of a request before any scheme is asked.
  ///
  /// The limit comes first, for a check costs more than a reply; a kiss would be unsigned, so there is none here.
  private func firstLook(
    _ batch: borrowing PacketBatch, _ index: Int, _ access: AccessList, _ limiter: RateLimiter?,
    _ unsigned: UnsignedRequests, now: RawInstant
  ) -> Examination {
    if let reason = refusal(batch, index, access, now: now) { return .silence(reason) }
    guard batch.length(index) >= Responder.length else { return .silence(.short) }
    if isBare(batch, index) {
      switch unsigned {
      case .all: return .plain(length: Responder.length)
      case .registered: return .open
      case .none: return .silence(.unsigned)
      }
    }
    if let limiter, !mayAsk(limiter, batch.peer(index), now) { return .silence(.limited) }
    return .open
  }

  /// A header and nothing that could prove it.
  private func isBare(_ batch: borrowing PacketBatch, _ index: Int) -> Bool { batch.length(index) <= Responder.length }

  private func mayAsk(_ limiter: RateLimiter, _ peer: SocketAddress, _ now: RawInstant) -> Bool {
    switch judge(limiter, peer, now) {
    case .within: return true
    case .leaked:
      counters.countReplies(0, leaked: 1)
      return true
    case .kissed, .refused: return false
    }
  }

  /// Signs the replies that are to be; returns how many less there are to send now.
  func protect(
    _ batch: inout PacketBatch, socket: UInt32, _ authentication: Authentication, since departure: RawInstant
  ) -> Int {
    var less = 0
    var signed = 0
    for index in authentication.schemes.schemes.indices {
      let scheme = authentication.schemes.schemes[index]
      let announced = scheme.announced
      guard proofs.prove(&batch, by: index, scheme, host: authentication.host, pending: &pending) else { continue }
      for entry in 0..<proofs.list.count {
        let packet = proofs.list.packet(entry)
        switch proofs.list.verdict(entry) {
        case .ok:
          batch.reply(packet, length: proofs.list.length(entry))
          signed &+= 1
          if scheme.signsLater == nil { scheme.signsLater = false }
          continue
        case .pending where pending != nil:
          pending?.remember(
            .init(
              socket: socket, peer: batch.peer(packet), local: batch.local(packet),
              interface: batch.interfaceIndex(packet), limit: batch.length(packet), since: departure,
              announced: announced),
            token: proofs.list.token(entry))
          scheme.signsLater = true
        default: counters.count(.unsignable)
        }
        batch.reply(packet, length: 0)
        less &+= 1
      }
    }
    // All of them leave together, the plain ones too, when the last is signed.
    if signed > 0 { authentication.schemes.signing.note(authentication.host.nowRaw - departure) }
    return less
  }
}
