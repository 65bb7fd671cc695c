// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CPeers

/// A million samples from the kernel's completion through provider, ring and engine to the virtual clock, and another million from
/// `publish` on: no allocation, no lock that anybody would wait for.
struct HotPath: Entry {
  static let samples = 1_000_000
  /// By what packets come.
  static let ways: [(suffix: String, receiver: HotPathSubject.Receiver?)] = [
    ("", .uring), (".poll", .poll), (".publish", nil),
  ]
  var names: [String] { Self.ways.flatMap { ["hotpath.allocations\($0.suffix)", "hotpath.futex\($0.suffix)"] } }
  var summary: String {
    "allocations and futex calls from io_uring's completion (.poll: poll(2)'s, .publish: from there on) over ring and engine to the "
      + "virtual clock, over 10^6 samples"
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
    var way = ""
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    Self.ways.flatMap { suffix, receiver -> [Outcome] in
      // A thread of its own: it cannot make a futex call ever after.
      let found = Found()
      // The promise is of a million samples on the whole way; the others show where a fault would be.
      let count = receiver == .uring ? Self.samples : context.count(Self.samples)
      RingLoad.Thread(cpu: 0) { Self.measure(receiver, count, into: found) }.join()
      let names = ("hotpath.allocations\(suffix)", "hotpath.futex\(suffix)")
      if let failure = found.failure { return [.skip(names.0, failure), .skip(names.1, failure)] }
      let note = "\(found.way), over \(count) samples, \(found.steers) times steered"
      return [allocations(names.0, found, note), futex(names.1, found, note)]
    }
  }

  private static func measure(_ receiver: HotPathSubject.Receiver?, _ count: Int, into found: Found) {
    do {
      let subject = try HotPathSubject.made(sources: 3, receiver: receiver)
      // What is made once, at the first use of each path, is made before.
      var isWhole = subject.run(10_000)
      let withoutStamp = subject.withoutStamp
      found.controls.allocations = HotPathSubject.allocations { _ = (0..<1000).map { $0 } }
      found.refusal = bench_futex_count_start()
      bench_futex_call()
      found.controls.futex = bench_futex_count()
      let before = subject.steers
      found.allocations = HotPathSubject.allocations { isWhole = subject.run(count) && isWhole }
      found.futex = bench_futex_count() - found.controls.futex
      found.steers = subject.steers - before
      found.way = subject.way
      if subject.refused > 0 { found.failure = "the host refused \(subject.refused) samples" }
      if found.steers == 0 { found.failure = "the clock was never steered" }
      if !isWhole { found.failure = "packets got lost on loopback" }
      if subject.withoutStamp > withoutStamp {
        found.failure = "\(subject.withoutStamp - withoutStamp) packets had no kernel stamp"
      }
    } catch {
      found.failure = "\(error)"
    }
  }

  private func allocations(_ name: String, _ found: Found, _ note: String) -> Outcome {
    guard HotPathSubject.countsAllocations, found.controls.allocations > 0 else {
      return .skip(name, "another allocator is in place, so they cannot be counted")
    }
    return Outcome(name: name, value: Double(found.allocations), unit: "calls", limit: 0, note: note)
  }

  private func futex(_ name: String, _ found: Found, _ note: String) -> Outcome {
    guard found.refusal == 0, found.controls.futex == 1 else {
      return .skip(
        name, "the kernel takes no seccomp filter (errno \(found.refusal)), so calls cannot be counted")
    }
    return Outcome(name: name, value: Double(found.futex), unit: "calls", limit: 0, note: note)
  }
}
