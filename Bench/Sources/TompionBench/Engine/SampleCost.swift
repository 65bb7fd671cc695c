// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CPeers

/// What the engine spends on a sample when eight sources are polled.
struct SampleCost: Entry {
  var names: [String] { ["engine.sample-cost", "engine.sample-cost.p99", "engine.sample-allocations"] }
  var summary: String {
    "the engine's time for a sample with 8 sources in virtual time, the clock's steering included, and allocations"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(20_000)
    let subject = EngineSubject(sources: 8)
    func step() -> Int64 {
      subject.prepare()
      // The thread's own time: what else the machine does is not the engine's cost.
      let before = bench_thread_time()
      subject.handle()
      return bench_thread_time() - before
    }
    for _ in 0..<2_000 { _ = step() }
    let empty = (0..<1_000).map { _ in Double(-bench_thread_time() + bench_thread_time()) }.median
    var distribution = Distribution()
    var total = 0.0
    for _ in 0..<count {
      let cost = max(0, Double(step()) - empty)
      distribution.record(Int64(cost))
      total += cost
    }
    guard subject.steers > 0 else { throw Skip(reason: "the engine never steered its clock") }
    var allocations = Outcome.skip(
      "engine.sample-allocations", "another allocator is in place, so they cannot be counted")
    if HotPathSubject.countsAllocations {
      let calls = HotPathSubject.allocations { for _ in 0..<count { _ = step() } }
      allocations = Outcome(
        name: "engine.sample-allocations", value: Double(calls) / Double(count), unit: "calls/sample", limit: 0)
    }
    return [
      Outcome(
        name: "engine.sample-cost", value: total / Double(count) / 1e3, unit: "us/sample", limit: 50,
        distribution: distribution, note: "8 sources, mean of \(count)"),
      Outcome(name: "engine.sample-cost.p99", value: distribution.quantile(99) / 1e3, unit: "us/sample"),
      allocations,
    ]
  }
}
