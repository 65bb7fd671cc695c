// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a worker did, by outcome. One worker writes, anybody reads; wait-free.
package final class ServerCounters: Sendable {
  private let silences = InlineArray<9, Atomic<UInt64>> { _ in Atomic(0) }
  private let answered = Atomic<UInt64>(0)

  package init() {}

  /// [capture]
  package func count(_ reason: Silence) { silences[reason.rawValue].wrappingAdd(1, ordering: .relaxed) }
  /// [capture]
  package func countReply() { answered.wrappingAdd(1, ordering: .relaxed) }

  /// Requests that got no answer for that reason. [any]
  package subscript(reason: Silence) -> UInt64 { silences[reason.rawValue].load(ordering: .relaxed) }
  /// Replies handed to the host. [any]
  package var replies: UInt64 { answered.load(ordering: .relaxed) }
}
