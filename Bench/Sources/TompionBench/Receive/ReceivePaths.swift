// SPDX-License-Identifier: Apache-2.0

import CPeers
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
    if context.isQuick { bench.rounds = 3 }
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
        // A core for whoever spins, and another one for who sends.
        if result.name.hasPrefix("receive.busy-poll"), bench_cpu_count() > 1 { outcome.limit = 5 }
      }
      if quantile.name == "p99", let ratio = result.ratio, let epoll {
        outcome.peer = Outcome.Peer(name: "epoll", value: Double(epoll.quantile(0.99)) / 1e3, ratio: ratio)
        if result.name.hasPrefix("receive.chosen") { outcome.limit = 1.1 }
      }
      return outcome
    }
  }
}
