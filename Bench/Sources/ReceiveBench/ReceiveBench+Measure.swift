// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CReceivers
import Glibc
import Numerics

extension ReceiveBench {
  /// One link, on a thread of its own: it may go to another network namespace.
  func measure(isVeth: Bool) -> [Result] {
    final class Job {
      let bench: ReceiveBench
      let isVeth: Bool
      var results: [Result] = []
      init(_ bench: ReceiveBench, _ isVeth: Bool) {
        self.bench = bench
        self.isVeth = isVeth
      }
    }
    let job = Job(self, isVeth)
    // Sound: `job` lives until the thread has been waited for.
    _ = unsafe bench_on_thread(
      { context in
        guard let context else { return }
        let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
        job.results = job.bench.measureHere(isVeth: job.isVeth)
      }, Unmanaged.passUnretained(job).toOpaque())
    return job.results
  }

  private func measureHere(isVeth: Bool) -> [Result] {
    let suffix = isVeth ? ".veth" : ""
    var results = Way.allCases.map {
      Result(name: "receive.\($0.rawValue)\(suffix)", latencies: [], rounds: [], ratio: nil, skipped: "", note: "")
    }
    var error = [CChar](repeating: 0, count: 200)
    guard let link = bench_link_open(isVeth ? 1 : 0, &error, error.count) else {
      let reason = String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return results.map { result in
        var result = result
        result.skipped = reason
        return result
      }
    }
    defer { bench_link_close(link) }
    let address = bench_link_address(link)
    // The daemon chooses once, at its start.
    var chosen = (method: LoopReceiver.Method.poll, note: "")
    do throws(LoopReceiver.Refusal) {
      let receiver = try LoopReceiver(.auto, address: address)
      chosen = (receiver.isRing ? .uringMultishot : .poll, receiver.choice)
    } catch {
      chosen.note = error.reason
    }
    var receivers: [Receiver?] = []
    for (index, way) in Way.allCases.enumerated() {
      do throws(LoopReceiver.Refusal) {
        let method = way.method == .auto ? chosen.method : way.method
        // Long enough for the gap: while packets come it never sleeps.
        let spin = way == .busyPoll ? 2 * Int64(gapNanoseconds) : 0
        receivers.append(try Receiver(way, method, address: address, busyPoll: spin))
      } catch {
        receivers.append(nil)
        results[index].skipped = error.reason
      }
    }
    // The daemon's capture thread: a CPU of its own where there are two, and real-time.
    let refused = bench_pin(bench_cpus() > 1 ? 1 : 0, 50)
    awaitStamps(receivers[0], link)
    var order = SplitMix64(seed: 1)
    var ratios = [[Double]](repeating: [], count: results.count)
    for _ in 0..<rounds {
      var latencies = [[Int64]](repeating: [], count: results.count)
      for _ in 0..<blocks {
        // Shuffled, so that what one way leaves behind (a core's work put off while it was spun on) falls on all.
        for index in receivers.indices.shuffled(using: &order) {
          guard let receiver = receivers[index] else { continue }
          latencies[index] += receive(receiver, link)
        }
      }
      let p99 = latencies.map { Self.quantile($0.sorted(), 0.99) }
      for index in results.indices where !latencies[index].isEmpty {
        results[index].latencies += latencies[index]
        results[index].rounds.append(p99[index])
        if index > 0, p99[0] > 0 { ratios[index].append(Double(p99[index]) / Double(p99[0])) }
      }
    }
    for index in results.indices where results[index].skipped.isEmpty {
      let wanted = rounds * blocks * packets
      let lost = wanted - results[index].latencies.count
      if results[index].latencies.isEmpty { results[index].skipped = "no packet came with a stamp" }
      let sorted = ratios[index].sorted()
      if !sorted.isEmpty { results[index].ratio = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2 }
      results[index].note = [
        Way.allCases[index].method == .auto ? chosen.note : "", refused & 2 != 0 ? "without SCHED_FIFO" : "",
        lost > 0 ? "\(lost) of \(wanted) packets did not come with a stamp" : "", receivers[index]?.recoveries ?? "",
      ].filter { !$0.isEmpty }.joined(separator: "; ")
    }
    return results
  }

  /// The kernel stamps what arrives only while somebody asks, and begins some time after.
  private func awaitStamps(_ receiver: Receiver?, _ link: OpaquePointer) {
    guard let receiver else { return }
    for _ in 0..<20 where receive(receiver, link).count == packets { return }
  }

  /// One block: what its first packets meet is not counted.
  private func receive(_ receiver: Receiver, _ link: OpaquePointer) -> [Int64] {
    bench_link_send(link, receiver.port, UInt32(warmUp + packets), gapNanoseconds, 3_000_000)
    let latencies = receiver.receive(warmUp + packets)
    bench_link_wait(link)
    return Array(latencies.dropFirst(warmUp))
  }
}
