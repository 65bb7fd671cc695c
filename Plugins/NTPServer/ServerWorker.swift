// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Numerics
import ProviderKit
import TimeTypes

/// What the workers are told, as of the last settings; a worker reads it once a batch.
final class ServerPolicy: Sendable {
  let access: AccessList
  /// nil = no limit.
  let limiter: RateLimiter?
  let staleAfter: TimeInterval
  let unsigned: UnsignedRequests

  init(
    access: AccessList = AccessList(), limiter: RateLimiter? = nil, staleAfter: TimeInterval = .seconds(1),
    unsigned: UnsignedRequests = .all
  ) {
    self.access = access
    self.limiter = limiter
    self.staleAfter = staleAfter
    self.unsigned = unsigned
  }
}

/// One worker's own part of the server: its counters and its table of refused clients. Only its thread writes them.
final class ServerWorker: ProviderWorker {
  let counters = ServerCounters()
  let refused = RefusedClients()
  /// Of the chance by which requests beyond the rate are answered (SplitMix64: it need not be unpredictable for ever, its seed is).
  private var chance: SplitMix64
  /// Of the batch in hand, where schemes are asked.
  var proofs = BatchProofs()
  /// Only the owner's worker has replies signed later.
  var pending: PendingReplies?

  init(seed: UInt64, hasPending: Bool = false) {
    chance = SplitMix64(seed: seed)
    pending = hasPending ? PendingReplies() : nil
  }

  /// Answers a batch in place. Nothing is allocated and nothing waited for. [capture]
  func serve(
    _ batch: inout PacketBatch, socket: UInt32, policy: ServerPolicy, page: ClockPage?, host: Host,
    history: ReplyHistory? = nil, schemes: AuthenticationSchemes? = nil
  ) {
    let begin = host.nowRaw
    let served = ServedTime(page?.read(), now: begin)
    let authentication = schemes.map { Authentication(schemes: $0, unsigned: policy.unsigned, host: host) }
    // What signing takes keeps the whole batch.
    let template = ReplyTemplate(served, delay: schemes?.signing.current ?? .zero)
    let interleaves = history != nil
    var replies: Int
    if let authentication {
      replies = answer(&batch, authentication, policy, served, template, now: begin, interleaves: interleaves)
    } else {
      replies = answer(&batch, policy, template, now: begin, interleaves: interleaves)
    }
    guard replies > 0 else { return }
    // The clock is read last, once for the batch: its replies leave together.
    guard let transmitted = host.now(.system) else {
      for index in 0..<batch.count where batch.replyLength(index) > 0 {
        batch.reply(index, length: 0)
        counters.count(.clock)
      }
      return
    }
    let departure = Departure(transmitted)
    if let history {
      stamp(&batch, departure, begin: begin, history: history)
    } else {
      stamp(&batch, departure, begin: begin)
    }
    if let authentication {
      replies &-= protect(&batch, socket: socket, authentication, since: departure.stamp.raw)
    }
    counters.countReplies(replies)
  }

  /// Writes the server's own stamps into the replies of a batch.
  private func stamp(_ batch: inout PacketBatch, _ departure: Departure, begin: RawInstant) {
    for index in 0..<batch.count where batch.replyLength(index) > 0 {
      let received = received(batch.stamp(index), begin)
      batch.withMutableBytes(index) { Responder.stamp(&$0, received: received, departure: departure) }
    }
  }

  /// The same for clients of the interleaved mode, too. A function of its own, whose history is no optional: that would be retained for
  /// each reply.
  private func stamp(_ batch: inout PacketBatch, _ departure: Departure, begin: RawInstant, history: ReplyHistory) {
    for index in 0..<batch.count where batch.replyLength(index) > 0 {
      let received = received(batch.stamp(index), begin)
      let peer = batch.peer(index)
      let token = batch.withMutableBytes(index) {
        Responder.stamp(&$0, received: received, departure: departure, peer: peer, history: history)
      }
      if let token { batch.reply(index, length: batch.replyLength(index), token: token) }
    }
  }

  /// When a request came; without a stamp, when its batch was taken up.
  private func received(_ stamp: Stamp, _ begin: RawInstant) -> Stamp {
    var received = stamp
    if received.kind == .none { received.raw = begin }
    return received
  }

  /// Judges the requests of a batch and makes all of their replies but the server's stamps; returns how many there are.
  private func answer(
    _ batch: inout PacketBatch, _ policy: ServerPolicy, _ template: ReplyTemplate, now: RawInstant, interleaves: Bool
  ) -> Int {
    // Taken out of the policy once: a reference counted for each datagram costs more than its access list.
    let (access, limiter, staleAfter) = (policy.access, policy.limiter, policy.staleAfter)
    var replies = 0
    for index in 0..<batch.count {
      if let reason = refusal(batch, index, access, now: now) {
        counters.count(reason)
      } else if answer(&batch, index, limiter, staleAfter, template, now, interleaves) {
        replies &+= 1
      }
    }
    return replies
  }

  /// Why a request is not even looked at; nil = it may ask.
  func refusal(_ batch: borrowing PacketBatch, _ index: Int, _ access: AccessList, now: RawInstant) -> Silence? {
    if batch.isTruncated(index) { return .truncated }
    let peer = batch.peer(index)
    if access.allows(peer, interface: batch.interfaceIndex(index)) { return nil }
    refused.note(peer, now: now)
    return .refused
  }

  /// Judges a request and makes all of its reply but the server's stamps; false = silence. `plain`: as `Responder.answer`'s.
  func answer(
    _ batch: inout PacketBatch, _ index: Int, _ limiter: RateLimiter?, _ staleAfter: TimeInterval,
    _ template: ReplyTemplate, _ now: RawInstant, _ interleaves: Bool, plain: Int? = nil
  ) -> Bool {
    let peer = batch.peer(index)
    let stamp = batch.stamp(index)
    let age = stamp.kind == .none ? .zero : now - stamp.raw
    let verdict = batch.withMutableBytes(index) {
      Responder.answer(
        &$0, peerPort: peer.port, age: age, staleAfter: staleAfter, template: template, interleaves: interleaves,
        plain: plain)
    }
    switch verdict {
    case .silence(let reason):
      counters.count(reason)
      return false
    case .reply(let length):
      assert(length <= batch.length(index), "a reply longer than its request")
      if let limiter, !isWithin(limiter, &batch, index, peer, now) { return false }
      batch.reply(index, length: length)
      return true
    }
  }

  func judge(_ limiter: RateLimiter, _ peer: SocketAddress, _ now: RawInstant) -> RateLimiter.Verdict {
    limiter.judge(peer, now: now, chance: chance.next())
  }

  /// Whether a client beyond its rate is answered all the same.
  private func isWithin(
    _ limiter: RateLimiter, _ batch: inout PacketBatch, _ index: Int, _ peer: SocketAddress, _ now: RawInstant
  ) -> Bool {
    switch judge(limiter, peer, now) {
    case .within: return true
    case .leaked:
      counters.countReplies(0, leaked: 1)
      return true
    case .kissed:
      counters.countReplies(0, kissed: 1)
      batch.withMutableBytes(index) { Responder.kiss(&$0) }
      return true
    case .refused:
      counters.count(.limited)
      return false
    }
  }
}
