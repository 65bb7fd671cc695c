// SPDX-License-Identifier: Apache-2.0

package import NTPWire
import ProviderKit
package import TimeTypes

/// What to believe: replies, kiss codes and TX stamps.
extension Association {
  /// A datagram came on `socket`. Its header is nil where it could not be read at all. `proof`: what it proved, asked for where
  /// `admits` said so.
  package mutating func receive(
    _ header: NTPPacket?, socket: UInt32, proof: Proof = .notAsked, arrival: Stamp, now: RawInstant, entropy: Entropy,
    into actions: inout AssociationActions
  ) {
    switch judge(header, socket: socket, proof: proof) {
    case .rejected(let reason): counters.reject(reason)
    case .kiss(let code): kissed(code, now: now, entropy: entropy, into: &actions)
    case .accepted(let header, let isInterleaved):
      state.reply = Reply(header: header, arrival: arrival, isInterleaved: isInterleaved, proof: proof)
      if state.request?.isStampSettled == true {
        complete(now: now, entropy: entropy, into: &actions)
      } else if let request = state.request {
        state.deadline = min(request.timeout, now + AssociationLimits.hold)
      }
    }
  }

  mutating func sent(
    serial: UInt32, socket: UInt32, local: SocketAddress, stamp: Stamp, into actions: inout AssociationActions
  ) {
    guard var request = state.request, request.serial == serial, request.socket == 0 else {
      actions.append(.close(socket: socket))
      return
    }
    request.socket = socket
    request.local = local
    request.departure = stamp
    state.request = request
    state.failedSends = 0
  }

  mutating func transmitted(
    serial: UInt32, stamp: Stamp, now: RawInstant, entropy: Entropy, into actions: inout AssociationActions
  ) {
    guard var request = state.request, request.serial == serial, !request.isStampSettled else { return }
    request.isStampSettled = true
    if stamp.kind != .none { request.departure = stamp }
    state.request = request
    if state.reply != nil { complete(now: now, entropy: entropy, into: &actions) }
  }

  /// Makes the sample of a reply that passed the tests of its header, once the best departure stamp is known.
  mutating func complete(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) {
    guard let request = state.request, let reply = state.reply, let departure = request.departure else { return }
    let previous = reply.isInterleaved ? state.interleaving.previous : nil
    let exchange = Exchange(of: reply, departure: departure, previous: previous)
    guard exchange.isDelayBelievable(atMost: options.maximumDelay, localPrecision: localPrecision) else {
      counters.reject(.delay)
      state.reply = nil
      state.deadline = request.timeout
      return
    }
    state.sequence &+= 1
    heard()
    // The first interleaved reply tells of an exchange of which there is a sample already.
    if previous?.isPublished != true { actions.append(.publish(sample(of: exchange, from: request.peer, reply.proof))) }
    if case .proven(let key) = reply.proof {
      state.isUnproven = false
      if let untold = state.proofNews.proven(now: now) { actions.append(.notice(.proven(key: key, untold: untold))) }
    }
    // Who would lead in orphan mode: of the address that it has here and the one that it was asked from, the lesser id.
    state.server.isSenior =
      request.local.family != .none && request.peer.referenceID.rawValue < request.local.referenceID.rawValue
    accepted(reply.header, reply.proof, nonce: reply.isInterleaved ? request.interleavedNonce : request.nonce, now: now)
    let next = Interleaving.Exchange(
      departure: departure, arrival: reply.arrival, receive: reply.header.receive, isPublished: !reply.isInterleaved)
    if options.interleaved,
      state.interleaving.replied(
        next, isInterleaved: reply.isInterleaved, wasAsked: request.interleavedNonce != 0)
    {
      actions.append(.notice(.interleaving(state.interleaving.isInUse)))
    }
    if !state.isReachable {
      state.isReachable = true
      actions.append(.notice(.reachable))
    }
    closeRequest(into: &actions)
    requestEnded(now: now, entropy: entropy, into: &actions)
  }

  private func sample(of exchange: Exchange, from server: SocketAddress, _ proof: Proof) -> Sample {
    let header = exchange.header
    var flags: SampleFlags = .reply
    if case .proven = proof { flags.insert(.authenticated) }
    if state.round.isBurst { flags.insert(.burst) }
    if header.leap == .unsynchronized { flags.insert(.reliable) }
    return exchange.sample(
      sequence: state.sequence, flags: flags, referenceID: server.referenceID, poll: poll,
      localPrecision: localPrecision)
  }

  private mutating func accepted(_ header: NTPPacket, _ proof: Proof, nonce: UInt64, now: RawInstant) {
    counters.replies &+= 1
    state.reach |= 1
    state.drops = 0
    state.isRefused = false
    state.round.replied()
    state.answeredNonce = nonce
    state.lastTransmit = header.transmit
    state.lastReply = now
    state.server.stratum = header.stratum
    state.server.leap = header.leap
    state.server.referenceID = header.referenceID
    state.server.proof = proof
    guard state.rateFloor > options.minimumPoll else { return }
    state.goodReplies &+= 1
    if state.goodReplies >= AssociationLimits.forgiveness {
      state.goodReplies = 0
      state.rateFloor &-= 1
    }
  }

  /// A kiss-o'-death with the nonce of the open request (RFC 5905, section 7.4).
  private mutating func kissed(
    _ code: KissCode, now: RawInstant, entropy: Entropy, into actions: inout AssociationActions
  ) {
    counters.kisses &+= 1
    if let request = state.request { state.answeredNonce = request.nonce }
    closeRequest(into: &actions)
    guard code == .rate else {
      drop(now: now, kiss: code, into: &actions)
      return
    }
    let before = poll
    state.rateFloor = options.clamped(before &+ 1)
    state.goodReplies = 0
    state.round.isCancelled = true
    state.round.isExcused = true
    if poll != before { actions.append(.notice(.slowedDown(poll: poll))) }
    requestEnded(now: now, entropy: entropy, into: &actions)
  }
}
