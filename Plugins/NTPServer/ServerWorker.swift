// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// One worker's own part of the server: its counters and its table of refused clients. Only its thread writes them.
final class ServerWorker: ProviderWorker {
  let counters = ServerCounters()
  let refused = RefusedClients()

  /// Answers a batch in place. [capture]
  func serve(
    _ batch: inout PacketBatch, access: AccessList, page: ClockPage?, host: Host, history: ReplyHistory? = nil
  ) {
    let begin = host.nowRaw
    let served = ServedTime(page?.read(), now: begin)
    var replies = 0
    for index in 0..<batch.count {
      if batch.isTruncated(index) {
        counters.count(.truncated)
        continue
      }
      let peer = batch.peer(index)
      guard access.allows(peer, interface: batch.interfaceIndex(index)) else {
        counters.count(.refused)
        refused.note(peer, now: begin)
        continue
      }
      let stamp = batch.stamp(index)
      let received = stamp.kind == .none ? begin : stamp.raw
      let verdict = batch.withMutableBytes(index) {
        Responder.answer(
          &$0, peerPort: peer.port, received: received, served: served, now: begin,
          interleaves: history != nil)
      }
      switch verdict {
      case .silence(let reason): counters.count(reason)
      case .reply(let length):
        assert(length <= batch.length(index), "a reply longer than its request")
        batch.reply(index, length: length)
        replies &+= 1
      }
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
    for index in 0..<batch.count where batch.replyLength(index) > 0 {
      var received = batch.stamp(index)
      if received.kind == .none { received.raw = begin }
      if let history {
        let peer = batch.peer(index)
        let token = batch.withMutableBytes(index) {
          Responder.stamp(&$0, received: received, transmitted: transmitted, peer: peer, history: history)
        }
        if let token { batch.reply(index, length: batch.replyLength(index), token: token) }
      } else {
        batch.withMutableBytes(index) { Responder.stamp(&$0, received: received, transmitted: transmitted) }
      }
      counters.countReply()
    }
  }
}
