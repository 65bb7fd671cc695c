// SPDX-License-Identifier: Apache-2.0

import CPeers

/// How late a thread of the daemon's kind is woken by a timer, with and without other work on the machine.
struct SchedulingJitter: Entry {
  static let quantiles: [(name: String, percent: Double)] = [("p50", 50), ("p99", 99), ("p999", 99.9), ("max", 100)]
  var names: [String] {
    ["scheduling.jitter", "scheduling.jitter.stressed"].flatMap { name in Self.quantiles.map { "\(name).\($0.name)" } }
  }
  var summary: String {
    "how late a real-time thread wakes from a sleep of 1 ms, alone and beside children that spin on every core"
  }

  private final class Found: @unchecked Sendable {
    // Written by one thread, read after it was joined.
    var distribution = Distribution()
    var refusal: Int32 = 0
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(10_000)
    let alone = Self.measure(count)
    let stressed = try Stress.during(seconds: count / 500 + 20) { Self.measure(count) }
    return Self.outcomes("scheduling.jitter", alone) + Self.outcomes("scheduling.jitter.stressed", stressed)
  }

  private static func measure(_ count: Int) -> Found {
    let found = Found()
    RingLoad.Thread(cpu: 0) {
      found.refusal = bench_real_time(50)
      for _ in 0..<count { found.distribution.record(bench_sleep_late(1_000_000)) }
    }.join()
    return found
  }

  private static func outcomes(_ name: String, _ found: Found) -> [Outcome] {
    let note = found.refusal == 0 ? "SCHED_FIFO" : "SCHED_OTHER: real time is refused (errno \(found.refusal))"
    return Self.quantiles.map { quantile in
      Outcome(
        name: "\(name).\(quantile.name)", value: found.distribution.quantile(quantile.percent) / 1e3, unit: "us",
        distribution: quantile.name == "p50" ? found.distribution : nil, note: quantile.name == "p50" ? note : "")
    }
  }
}
