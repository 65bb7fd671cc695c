// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A ring's counters where other threads may read them: each number by itself is right. [written by the loop's thread; any reads]
package final class UringReport: Sendable {
  private let exhausted = Atomic<UInt64>(0)
  private let overflows = Atomic<UInt64>(0)
  private let dropped = Atomic<UInt64>(0)
  private let rebuilt = Atomic<UInt64>(0)
  private let discarded = Atomic<UInt64>(0)
  private let restarted = Atomic<UInt64>(0)
  private let demoted = Atomic<UInt64>(0)
  private let malformed = Atomic<UInt64>(0)
  private let stampsLost = Atomic<UInt64>(0)
  private let unregistered = Atomic<UInt64>(0)

  func store(_ counters: UringCounters) {
    exhausted.store(counters.exhausted, ordering: .relaxed)
    overflows.store(counters.overflows, ordering: .relaxed)
    dropped.store(counters.dropped, ordering: .relaxed)
    rebuilt.store(counters.rebuilt, ordering: .relaxed)
    discarded.store(counters.discarded, ordering: .relaxed)
    restarted.store(counters.restarted, ordering: .relaxed)
    demoted.store(counters.demoted, ordering: .relaxed)
    malformed.store(counters.malformed, ordering: .relaxed)
    stampsLost.store(counters.stampsLost, ordering: .relaxed)
    unregistered.store(counters.unregistered, ordering: .relaxed)
  }

  package func load() -> UringCounters {
    var counters = UringCounters()
    counters.exhausted = exhausted.load(ordering: .relaxed)
    counters.overflows = overflows.load(ordering: .relaxed)
    counters.dropped = dropped.load(ordering: .relaxed)
    counters.rebuilt = rebuilt.load(ordering: .relaxed)
    counters.discarded = discarded.load(ordering: .relaxed)
    counters.restarted = restarted.load(ordering: .relaxed)
    counters.demoted = demoted.load(ordering: .relaxed)
    counters.malformed = malformed.load(ordering: .relaxed)
    counters.stampsLost = stampsLost.load(ordering: .relaxed)
    counters.unregistered = unregistered.load(ordering: .relaxed)
    return counters
  }
}

extension UringCounters {
  /// What rose since `before`, in words for an operator; "" = nothing.
  package func rise(since before: UringCounters) -> String {
    let parts: [(UInt64, String)] = [
      (exhausted &- before.exhausted, "waits for a free receive buffer (packets waited in their sockets)"),
      (overflows &- before.overflows, "overflows of the completion queue (completions waited in the kernel)"),
      (dropped &- before.dropped, "completions lost by the kernel"),
      (rebuilt &- before.rebuilt, "rings made anew"),
      (discarded &- before.discarded, "datagrams lost with a ring"),
      (restarted &- before.restarted, "receptions begun again"),
      (demoted &- before.demoted, "sockets taken back to recvmmsg"),
      (malformed &- before.malformed, "malformed buffers"),
      (stampsLost &- before.stampsLost, "TX stamps without room (their packets get none)"),
      (unregistered &- before.unregistered, "descriptors that could not be registered (each request looks them up)"),
    ]
    return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}
