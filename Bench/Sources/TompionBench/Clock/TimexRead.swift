// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CPeers

/// Asking the kernel how its clock runs: adjtimex(2) without a mode, so that nothing is changed.
struct TimexRead: Entry {
  var names: [String] { ["clock.adjtimex"] }
  var summary: String { "adjtimex that only reads, as the daemon looks at the clock, against the same call from C" }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(200_000)
    let refusal = ClockSubject.readTimex(1)
    guard refusal >= 0 else { throw Skip(reason: "adjtimex is refused here: errno \(-refusal)") }
    let rounds = Rounds(
      context.rounds(15), ours: { nanoseconds { _ = ClockSubject.readTimex(count) } / Double(count) },
      theirs: { nanoseconds { _ = bench_read_timex(UInt64(count)) } / Double(count) })
    return [rounds.outcome("clock.adjtimex", unit: "ns", peer: "c", limit: nil)]
  }
}
