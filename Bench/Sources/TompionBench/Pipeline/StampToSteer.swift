// SPDX-License-Identifier: Apache-2.0

import BenchSubjects

/// From the kernel's stamp of a packet to its sample in the discipline's hands, and on to the clock that was steered by it.
struct StampToSteer: Entry {
  private static let parts = ["stamp-to-sample", "stamp-to-steer"]
  private static let loads = ["", ".stressed"]

  var names: [String] {
    Self.loads.flatMap { load in
      Self.parts.flatMap { part in SchedulingJitter.quantiles.map { "pipeline.\(part)\(load).\($0.name)" } }
    }
  }
  var summary: String {
    "kernel stamp, capture thread, ring, discipline thread: the sample is there; engine, virtual clock: it is steered; alone and beside "
      + "children that spin"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(20_000)
    let alone = try Self.measure(count)
    let stressed = try Stress.during(seconds: count / 500 + 20) { try Self.measure(count) }
    return zip(Self.loads, [alone, stressed]).flatMap { load, found in
      zip(Self.parts, found.distributions).flatMap { part, distribution in
        SchedulingJitter.quantiles.map { quantile in
          Outcome(
            name: "pipeline.\(part)\(load).\(quantile.name)", value: distribution.quantile(quantile.percent) / 1e3,
            unit: "us",
            distribution: quantile.name == "p50" ? distribution : nil, note: quantile.name == "p50" ? found.note : "")
        }
      }
    }
  }

  private static func measure(_ count: Int) throws -> (distributions: [Distribution], note: String) {
    let subject = try PipelineSubject()
    var (toSample, toSteer) = (Distribution(), Distribution())
    for way in try subject.run(packets: count, gap: 300) {
      toSample.record(way.toSample)
      toSteer.record(way.toSteer)
    }
    guard toSteer.count > 0 else { throw Skip(reason: "no packet came through loopback") }
    // The kernel begins to stamp a moment after the first socket asks for it.
    guard subject.withoutStamp <= 10 else { throw Skip(reason: "\(subject.withoutStamp) packets had no kernel stamp") }
    return ([toSample, toSteer], "\(subject.way), " + (subject.warnings.first ?? "two SCHED_FIFO threads"))
  }
}
