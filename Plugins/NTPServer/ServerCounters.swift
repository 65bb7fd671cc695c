// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a worker did, by outcome. One worker writes, anybody reads; wait-free.
package final class ServerCounters: Sendable {
  private let silences = InlineArray<13, Atomic<UInt64>> { _ in Atomic(0) }
  private let answered = Atomic<UInt64>(0)
  private let leaked = Atomic<UInt64>(0)
  private let kissed = Atomic<UInt64>(0)

  package init() {}

  /// [capture]
  package func count(_ reason: Silence) { silences[reason.rawValue].wrappingAdd(1, ordering: .relaxed) }
  /// Replies of a batch, and how many of them were beyond the rate and answered all the same, or told so by a kiss. [capture]
  package func countReplies(_ count: Int, leaked: Int = 0, kissed: Int = 0) {
    answered.wrappingAdd(UInt64(count), ordering: .relaxed)
    if leaked > 0 { self.leaked.wrappingAdd(UInt64(leaked), ordering: .relaxed) }
    if kissed > 0 { self.kissed.wrappingAdd(UInt64(kissed), ordering: .relaxed) }
  }

  /// Requests that got no answer for that reason. [any]
  package subscript(reason: Silence) -> UInt64 { silences[reason.rawValue].load(ordering: .relaxed) }
  /// Replies handed to the host, kisses among them. [any]
  package var replies: UInt64 { answered.load(ordering: .relaxed) }
  /// Replies to clients beyond their rate, by chance. [any]
  package var leaks: UInt64 { leaked.load(ordering: .relaxed) }
  /// Replies that were the kiss "RATE". [any]
  package var kisses: UInt64 { kissed.load(ordering: .relaxed) }
}
