// SPDX-License-Identifier: Apache-2.0

import CPeers
import Foundation
import ReceiveBench

/// How soon after the kernel's stamp a packet is in the program's hands, for each way of receiving.
struct ReceivePaths: Entry {
  static let ways = ["epoll", "recvmsg", "poll", "uring", "uring-multishot", "busy-poll", "chosen"]
  var names: [String] {
    ["", ".veth"].flatMap { link in
      Self.ways.flatMap { way in SchedulingJitter.quantiles.map { "receive.\(way)\(link).\($0.name)" } }
    }
  }
  var summary: String {
    "stamp to user of each way of receiving, in shuffled rounds over loopback and veth; p99 against epoll and recvmsg in C"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    var bench = ReceiveBench()
    // As many rounds, for the sake of their median, but shorter ones.
    if context.isQuick { bench.blocks = 3 }
    let results = bench.run()
    return results.flatMap { result in
      let link = result.name.hasSuffix(".veth") ? ".veth" : ""
      return outcomes(of: result, beside: results.first { $0.name == "receive.epoll\(link)" })
    }
  }

  private func outcomes(of result: ReceiveBench.Result, beside epoll: ReceiveBench.Result?) -> [Outcome] {
    guard result.skipped.isEmpty else {
      return SchedulingJitter.quantiles.map { .skip("\(result.name).\($0.name)", result.skipped) }
    }
    var distribution = Distribution()
    for latency in result.latencies { distribution.record(latency) }
    return SchedulingJitter.quantiles.map { quantile in
      let value = distribution.quantile(quantile.percent) / 1e3
      var outcome = Outcome(name: "\(result.name).\(quantile.name)", value: value, unit: "us")
      if quantile.name == "p50" {
        outcome.distribution = distribution
        outcome.note = result.note
        if result.name.hasPrefix("receive.busy-poll") { judgeSpinning(&outcome) }
      }
      if quantile.name == "p99", let ratio = result.ratio, let epoll {
        outcome.peer = Outcome.Peer(name: "epoll", value: Double(epoll.quantile(0.99)) / 1e3, ratio: ratio)
        if result.name.hasPrefix("receive.chosen") { outcome.limit = 1.1 }
      }
      return outcome
    }
  }

  /// The limit is for a core that whoever spins has to itself, and another one for who sends.
  private func judgeSpinning(_ outcome: inout Outcome) {
    var load = [0.0]
    getloadavg(&load, 1)
    let cpus = Double(bench_cpu_count())
    if cpus > 1, load[0] < cpus + 1 {
      outcome.limit = 5
    } else {
      let text = String(format: "no limit (5): no core was free, load %.1f on %.0f CPUs", load[0], cpus)
      outcome.note = outcome.note.isEmpty ? text : "\(text); \(outcome.note)"
    }
  }
}
