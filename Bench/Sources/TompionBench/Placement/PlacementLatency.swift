// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import Foundation

/// What a child process adds on the way of a sample to the engine, against the same provider in the daemon's own process, in
/// interleaved rounds; beside it one bare wake-up by eventfd.
struct PlacementLatency: Entry {
  static let quantiles = ["p50", "p99"]
  var names: [String] {
    ["placement.in-process", "placement.process", "placement.eventfd-hop"].flatMap { name in
      Self.quantiles.map { "\(name).\($0)" }
    } + ["placement.added.p99"]
  }
  var summary: String {
    "kernel stamp of a packet to its sample in the discipline's hands, provider in the daemon and in a child; goal for what the child adds: "
      + "20 us, or 1.5 bare eventfd hops where they are on different cores"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let module = try Self.build(context.root)
    defer { try? FileManager.default.removeItem(atPath: module) }
    let child = context.root + "/.build/stage/bin/tompiond"
    guard FileManager.default.isExecutableFile(atPath: child) else {
      throw Skip(reason: "\(child) is not built (./Tools/build)")
    }
    var inside = Distribution()
    var outside = Distribution()
    var hop = Distribution()
    var added: [Double] = []
    var note = ""
    for _ in 0..<(context.isQuick ? 2 : 10) {
      var round: [Double] = []
      for placement in [PlacementSubject.Placement.inProcess, .process] {
        let subject = try PlacementSubject(module: module, placement: placement, executable: child)
        subject.waitUntilRunning()
        // The kernel begins to stamp a moment after the first socket asks for it.
        _ = try subject.run(packets: 100, gap: 300)
        let found = try subject.run(packets: context.count(2000), gap: 300)
        guard found.count > 10 else { throw Skip(reason: "only \(found.count) samples came through") }
        var one = Distribution()
        for latency in found {
          one.record(latency)
          if placement == .inProcess { inside.record(latency) } else { outside.record(latency) }
        }
        round.append(one.quantile(99))
        note = subject.warnings.first ?? "SCHED_FIFO but for the child"
      }
      added.append(round[1] - round[0])
      for latency in try WakeUpSubject().run(count: context.count(1000), gap: 300) { hop.record(latency) }
    }
    let middle = added.sorted()[added.count / 2] / 1e3
    let limit = max(20, 1.5 * hop.quantile(99) / 1e3)
    var outcomes: [Outcome] = []
    for (family, found) in [("in-process", inside), ("process", outside), ("eventfd-hop", hop)] {
      outcomes += [
        Outcome(
          name: "placement.\(family).p50", value: found.quantile(50) / 1e3, unit: "us", distribution: found, note: note),
        Outcome(name: "placement.\(family).p99", value: found.quantile(99) / 1e3, unit: "us"),
      ]
    }
    outcomes.append(
      Outcome(
        name: "placement.added.p99", value: middle, unit: "us", limit: limit,
        note: "median of \(added.count) rounds; limit the larger of 20 us and 1.5 hops"))
    return outcomes
  }

  /// The provider, compiled as anybody's would be.
  private static func build(_ root: String) throws -> String {
    let path = NSTemporaryDirectory() + "libtompion-echo-\(getpid()).so"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "cc", "-shared", "-fPIC", "-O2", "-I", root + "/Sources/CTompionProvider/include", "-o", path,
      root + "/Bench/Plugins/echo.c",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw Skip(reason: "the provider cannot be compiled here (cc)") }
    return path
  }
}
