// SPDX-License-Identifier: Apache-2.0

import BenchSubjects

/// From the kernel's stamp of a packet to the clock that was steered by it.
struct StampToSteer: Entry {
  static let families = ["pipeline.stamp-to-steer", "pipeline.stamp-to-steer.stressed"]
  var names: [String] {
    Self.families.flatMap { name in SchedulingJitter.quantiles.map { "\(name).\($0.name)" } }
  }
  var summary: String {
    "kernel stamp, capture thread, ring, discipline thread, engine, virtual clock; alone and beside children that spin"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(20_000)
    let alone = try Self.measure(count)
    let stressed = try Stress.during(seconds: count / 500 + 20) { try Self.measure(count) }
    return zip(Self.families, [alone, stressed]).flatMap { name, found in
      SchedulingJitter.quantiles.map { quantile in
        Outcome(
          name: "\(name).\(quantile.name)", value: found.distribution.quantile(quantile.percent) / 1e3, unit: "us",
          distribution: quantile.name == "p50" ? found.distribution : nil,
          note: quantile.name == "p50" ? found.note : "")
      }
    }
  }

  private static func measure(_ count: Int) throws -> (distribution: Distribution, note: String) {
    let subject = try PipelineSubject()
    var distribution = Distribution()
    for latency in try subject.run(packets: count, gap: 300) { distribution.record(latency) }
    guard distribution.count > 0 else { throw Skip(reason: "no packet came through loopback") }
    // The kernel begins to stamp a moment after the first socket asks for it.
    guard subject.withoutStamp <= 10 else { throw Skip(reason: "\(subject.withoutStamp) packets had no kernel stamp") }
    return (distribution, "\(subject.way), " + (subject.warnings.first ?? "two SCHED_FIFO threads"))
  }
}
