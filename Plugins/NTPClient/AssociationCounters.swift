// SPDX-License-Identifier: Apache-2.0

/// What happened to an association so far. Kept apart from its state: nothing is decided by a number that a forged packet can
/// move, save that a server which answers with its nonce is alive.
package struct AssociationCounters: Sendable {
  /// Requests sent.
  package var polls: UInt32 = 0
  /// Valid replies.
  package var replies: UInt32 = 0
  /// Replies refused, of any reason.
  package private(set) var rejected: UInt32 = 0
  /// Kiss codes obeyed.
  package var kisses: UInt32 = 0
  /// The reason of the last refusal.
  package private(set) var lastRejection: Rejection?
  /// The server itself answered the open request, although with nothing of use.
  package var isServerAlive = false
  /// Why a reply to the open request proved nothing; nil = there was none such.
  package var unproven: Rejection?
  /// The same of the last one at all.
  package private(set) var lastUnproven: Rejection?
  private var byReason = InlineArray<32, UInt32>(repeating: 0)

  package init() {}

  package subscript(reason: Rejection) -> UInt32 { byReason[Int(reason.rawValue) & 31] }

  package mutating func reject(_ reason: Rejection) {
    rejected &+= 1
    byReason[Int(reason.rawValue) & 31] &+= 1
    lastRejection = reason
    if reason.isAuthentic { isServerAlive = true }
    if reason.isUnproven {
      unproven = reason
      lastUnproven = reason
    }
  }
}
