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
    let subject = try PipelineSubject()
    let alone = try Self.measure(subject, count)
    let stressed = try Stress.during(seconds: count / 500 + 20) { try Self.measure(subject, count) }
    return zip(Self.families, [alone, stressed]).flatMap { name, distribution in
      SchedulingJitter.quantiles.map { quantile in
        Outcome(
          name: "\(name).\(quantile.name)", value: distribution.quantile(quantile.percent) / 1e3, unit: "us",
          distribution: quantile.name == "p50" ? distribution : nil,
          note: quantile.name == "p50" ? (subject.warnings.first ?? "two SCHED_FIFO threads") : "")
      }
    }
  }

  private static func measure(_ subject: PipelineSubject, _ count: Int) throws -> Distribution {
    var distribution = Distribution()
    for latency in try subject.run(packets: count, gap: 300) { distribution.record(latency) }
    guard distribution.count > 0 else { throw Skip(reason: "no packet came through loopback") }
    guard subject.withoutStamp == 0 else { throw Skip(reason: "\(subject.withoutStamp) packets had no kernel stamp") }
    return distribution
  }
}
