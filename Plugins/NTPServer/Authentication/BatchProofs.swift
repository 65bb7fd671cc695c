// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit

/// What is known of the origin of each request in the batch in hand. A scheme is asked about all of them in one call, and so it is about
/// their replies: the way to an authenticator and back costs more than a code. A worker's own, made once. [capture]
struct BatchProofs: ~Copyable {
  private var examinations: [Examination]
  /// What a scheme is asked, and what it says.
  private(set) var list: ProtectionList

  /// As many as hosts hand over at once.
  init(capacity: Int = 64) {
    examinations = [Examination](repeating: .open, count: capacity)
    list = ProtectionList(capacity: capacity)
  }

  subscript(index: Int) -> Examination {
    get { examinations[index] }
    set { examinations[index] = newValue }
  }

  /// Makes room for a batch; that allocates for one that is larger than any before.
  mutating func begin(_ count: Int) {
    guard examinations.count < count else { return }
    examinations = [Examination](repeating: .open, count: count)
    list = ProtectionList(capacity: count)
  }

  /// Asks the schemes, in their order, about the requests that are open; then none is. What proves a request is cut off.
  mutating func examine(
    _ batch: inout PacketBatch, _ schemes: AuthenticationSchemes, unsigned: UnsignedRequests, host: Host
  ) {
    for index in schemes.schemes.indices {
      let scheme = schemes.schemes[index]
      let association = scheme.association.load(ordering: .acquiring)
      guard association != 0 else { continue }
      list.removeAll()
      for packet in 0..<batch.count where examinations[packet].isOpen {
        list.add(packet: packet, length: batch.length(packet), limit: batch.length(packet))
      }
      guard list.count > 0 else { return }
      host.authentication.unprotect(association, &batch, &list)
      var isOutOfReach = false
      for entry in 0..<list.count {
        let packet = list.packet(entry)
        let isBare = batch.length(packet) == NTPPacket.length
        examinations[packet] = verdict(entry, by: index, isBare: isBare, unsigned)
        if list.refusal(entry) == .unavailable { isOutOfReach = true }
      }
      if isOutOfReach, !scheme.isOutOfReach.exchange(true, ordering: .relaxed) { host.requestPoll() }
    }
    for packet in 0..<batch.count where examinations[packet].isOpen {
      examinations[packet] = batch.withBytes(packet) { Examination(unknownToSchemes: $0, unsigned: unsigned) }
    }
  }

  /// What a scheme says of a request.
  private func verdict(_ entry: Int, by scheme: Int, isBare: Bool, _ unsigned: UnsignedRequests) -> Examination {
    let length = list.length(entry)
    switch list.verdict(entry) {
    case .none: return .open
    case .ok where length >= NTPPacket.length:
      let request = list.request(entry)
      if request != 0 { return .proven(Proof(scheme: scheme, request: request), length: length) }
      // Without a name for its keys it proves nothing, but the scheme vouches for its address.
      return unsigned == .none ? .silence(.unsigned) : .plain(length: length)
    case .refuse where list.refusal(entry) == .unavailable: return .silence(.authenticator)
    default: return .silence(isBare ? .unsigned : .authenticator)
    }
  }

  /// Has a scheme prove the replies to what it has proven; what it says of them is in `list` then. False = there are none.
  mutating func prove(
    _ batch: inout PacketBatch, by index: Int, _ scheme: AuthenticationSchemes.Scheme, host: Host,
    pending: inout PendingReplies?
  ) -> Bool {
    list.removeAll()
    for packet in 0..<batch.count where batch.replyLength(packet) > 0 {
      guard case .proven(let proof, _) = examinations[packet], proof.scheme == index else { continue }
      // No reply is longer than its request.
      list.add(
        packet: packet, length: batch.replyLength(packet), limit: batch.length(packet),
        token: pending?.makeToken() ?? 0, request: proof.request)
    }
    guard list.count > 0 else { return false }
    host.authentication.protect(scheme.association.load(ordering: .acquiring), &batch, &list)
    return true
  }
}
