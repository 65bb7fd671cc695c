// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CPeers

/// A million samples through ring, engine and virtual clock: no allocation, no lock that anybody would wait for.
struct HotPath: Entry {
  static let samples = 1_000_000
  var names: [String] { ["hotpath.allocations", "hotpath.futex"] }
  var summary: String {
    "allocations and futex calls from publish over ring and engine to the virtual clock, over 10^6 samples"
  }

  /// What a thread of its own found.
  private final class Found: @unchecked Sendable {
    // Written by that thread, read after it was joined.
    var allocations: UInt64 = 0
    var futex: UInt64 = 0
    var controls: (allocations: UInt64, futex: UInt64) = (0, 0)
    var refusal: Int32 = 0
    var failure: String?
    var steers = 0
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    // A thread of its own: it cannot make a futex call ever after.
    let found = Found()
    RingLoad.Thread(cpu: 0) { Self.measure(into: found) }.join()
    if let failure = found.failure { throw Skip(reason: failure) }
    let note = "over \(Self.samples) samples, \(found.steers) times steered"
    return [allocations(found, note), futex(found, note)]
  }

  private static func measure(into found: Found) {
    do {
      let subject = try HotPathSubject(sources: 3)
      // What is made once, at the first use of each path, is made before.
      subject.run(10_000)
      found.controls.allocations = HotPathSubject.allocations { _ = (0..<1000).map { $0 } }
      found.refusal = bench_futex_count_start()
      bench_futex_call()
      found.controls.futex = bench_futex_count()
      let before = subject.steers
      found.allocations = HotPathSubject.allocations { subject.run(samples) }
      found.futex = bench_futex_count() - found.controls.futex
      found.steers = subject.steers - before
      if subject.refused > 0 { found.failure = "the host refused \(subject.refused) samples" }
      if found.steers == 0 { found.failure = "the clock was never steered" }
    } catch {
      found.failure = "\(error)"
    }
  }

  private func allocations(_ found: Found, _ note: String) -> Outcome {
    guard HotPathSubject.countsAllocations, found.controls.allocations > 0 else {
      return .skip("hotpath.allocations", "another allocator is in place, so they cannot be counted")
    }
    return Outcome(name: "hotpath.allocations", value: Double(found.allocations), unit: "calls", limit: 0, note: note)
  }

  private func futex(_ found: Found, _ note: String) -> Outcome {
    guard found.refusal == 0, found.controls.futex == 1 else {
      return .skip(
        "hotpath.futex", "the kernel takes no seccomp filter (errno \(found.refusal)), so calls cannot be counted")
    }
    return Outcome(name: "hotpath.futex", value: Double(found.futex), unit: "calls", limit: 0, note: note)
  }
}
