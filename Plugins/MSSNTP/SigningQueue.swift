// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// A reply on its way to be signed by somebody else.
package struct PendingReply: Sendable {
  package var association: UInt32 = 0
  /// The caller's, to be told with the decision.
  package var token: UInt64 = 0
  package var selection = KeySelection(rid: 0, form: .authenticator)
  package var peer = SocketAddress.none
  /// The caller's limit, for the decision.
  package var limit = 0
  package var header = InlineArray<48, UInt8>(repeating: 0)
  package var deadline = RawInstant(nanoseconds: .max)

  package init() {}
}

/// The replies that wait to be signed or to be answered, in fixed memory: which is sent next, which of them an answer is for, and what
/// becomes of them when the connection ends. No effects; one thread's.
///
/// Samba ends the connection when it is asked for an account that it does not sign for (a person's), and with it everything else that was
/// asked. So whatever was under way is asked once more, one at a time: whose second try ends the connection, too, was the cause.
package struct SigningQueue {
  private struct Slot {
    enum State: UInt8 { case free, waiting, asked }

    var state = State.free
    /// Part of the packet id, so that a late answer finds that its place is another's.
    var generation: UInt8 = 0
    /// A connection ended while it was under way.
    var isSuspect = false
    var reply = PendingReply()
  }

  /// Under way and waiting together.
  package static let capacity = 256

  private var slots = [Slot](repeating: Slot(), count: capacity)
  /// Slots that wait to be sent, in turn: `waitingCount` of them from `waitingStart` on.
  private var waiting = [UInt8](repeating: 0, count: capacity)
  private var waitingStart = 0
  private var waitingCount = 0
  package private(set) var count = 0
  private var asked = 0
  private var suspects = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }
  /// How many were sent and not answered.
  package var askedCount: Int { asked }

  /// Takes a reply to be sent; false = full.
  package mutating func add(_ reply: PendingReply) -> Bool {
    guard count < Self.capacity, let index = slots.firstIndex(where: { $0.state == .free }) else { return false }
    slots[index].state = .waiting
    slots[index].isSuspect = false
    slots[index].generation &+= 1
    slots[index].reply = reply
    waiting[(waitingStart + waitingCount) % Self.capacity] = UInt8(index)
    waitingCount += 1
    count += 1
    return true
  }

  /// What is to be sent now, and under which id; nil = nothing, or not before what is under way is answered.
  package mutating func next() -> (id: UInt16, reply: PendingReply)? {
    guard waitingCount > 0, suspects == 0 || asked == 0 else { return nil }
    let index = Int(waiting[waitingStart])
    waitingStart = (waitingStart + 1) % Self.capacity
    waitingCount -= 1
    slots[index].state = .asked
    asked += 1
    return (UInt16(slots[index].generation) << 8 | UInt16(index), slots[index].reply)
  }

  /// The reply that an answer is for, which is over with it; nil = none is under way by that id.
  package mutating func take(_ id: UInt16) -> PendingReply? {
    let index = Int(id & 0xff)
    guard slots[index].state == .asked, slots[index].generation == UInt8(id >> 8) else { return nil }
    let reply = slots[index].reply
    free(index)
    return reply
  }

  /// The connection is gone. What was under way waits again, before all others; what was so for the second time is over and handed to
  /// `body`.
  package mutating func connectionEnded(_ body: (PendingReply) -> Void) {
    for index in slots.indices where slots[index].state == .asked {
      if slots[index].isSuspect {
        let reply = slots[index].reply
        free(index)
        body(reply)
      } else {
        slots[index].isSuspect = true
        slots[index].state = .waiting
        suspects += 1
        asked -= 1
        waitingStart = (waitingStart + Self.capacity - 1) % Self.capacity
        waiting[waitingStart] = UInt8(index)
        waitingCount += 1
      }
    }
  }

  /// Everything that has waited until `now` is over.
  package mutating func expire(_ now: RawInstant, _ body: (PendingReply) -> Void) {
    remove(where: { $0.deadline <= now }, body)
  }

  /// The caller is gone, and nobody is to be told.
  package mutating func forget(_ association: UInt32) { remove(where: { $0.association == association }) { _ in } }

  package mutating func removeAll(_ body: (PendingReply) -> Void) { remove(where: { _ in true }, body) }

  /// The earliest deadline; nil = nothing is there.
  package var deadline: RawInstant? {
    var earliest: RawInstant?
    for slot in slots where slot.state != .free {
      earliest = min(earliest ?? slot.reply.deadline, slot.reply.deadline)
    }
    return earliest
  }

  private mutating func remove(where isOver: (PendingReply) -> Bool, _ body: (PendingReply) -> Void) {
    guard count > 0 else { return }
    var kept = 0
    // The line first, while the slots still say who is who.
    for place in 0..<waitingCount {
      let index = waiting[(waitingStart + place) % Self.capacity]
      if !isOver(slots[Int(index)].reply) {
        waiting[(waitingStart + kept) % Self.capacity] = index
        kept += 1
      }
    }
    waitingCount = kept
    for index in slots.indices where slots[index].state != .free && isOver(slots[index].reply) {
      let reply = slots[index].reply
      free(index)
      body(reply)
    }
  }

  private mutating func free(_ index: Int) {
    if slots[index].state == .asked { asked -= 1 }
    if slots[index].isSuspect { suspects -= 1 }
    slots[index].isSuspect = false
    slots[index].state = .free
    count -= 1
  }
}
