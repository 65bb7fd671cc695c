// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CPeers

/// Reading the raw counter.
struct ClockRead: Entry {
  var names: [String] { ["clock.read"] }
  var summary: String { "a reading of CLOCK_MONOTONIC_RAW as the daemon takes it, against the same call from C" }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(2_000_000)
    let rounds = Rounds(
      context.rounds(15), ours: { nanoseconds { _ = ClockSubject.readRaw(count) } / Double(count) },
      theirs: { nanoseconds { _ = bench_read_raw(UInt64(count)) } / Double(count) })
    return [rounds.outcome("clock.read", unit: "ns", peer: "c", limit: nil)]
  }
}
