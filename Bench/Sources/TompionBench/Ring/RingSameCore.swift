// SPDX-License-Identifier: Apache-2.0

import CPeers
import SampleRing
import TimeTypes

/// Pushing and popping in turn on one thread: what the ring's own instructions cost.
struct RingSameCore: Entry {
  var names: [String] { ["ring.same-core"] }
  var summary: String { "push and pop on one thread, bursts of 32, against a C++ ring of rigtorp's design" }

  func run(_ context: RunContext) throws -> [Outcome] {
    let count = context.count(4_000_000) / RingLoad.burst * RingLoad.burst
    let samples = RingLoad.samples()
    defer { samples.deallocate() }
    let ring = SampleRing(capacity: Int(RingLoad.capacity))
    let peer = ring_peer_make(RingLoad.capacity)
    defer { ring_peer_free(peer) }
    var sums: Set<UInt64> = []
    let rounds = Rounds(
      context.rounds(21),
      ours: { nanoseconds { sums.insert(Self.pushAndPop(ring, samples, count)) } / Double(count) },
      theirs: {
        nanoseconds {
          sums.insert(ring_peer_same_core(peer, RingLoad.items(samples), UInt64(count), UInt64(RingLoad.burst)))
        } / Double(count)
      })
    guard sums == [RingLoad.sum(count)] else { throw Skip(reason: "samples were lost: \(sums)") }
    return [rounds.outcome("ring.same-core", unit: "ns/item", peer: "c++", limit: 1.10)]
  }

  @inline(never)
  private static func pushAndPop(_ ring: borrowing SampleRing, _ samples: UnsafePointer<Sample>, _ count: Int) -> UInt64
  {
    var sum: UInt64 = 0
    var out = samples[0]
    var done = 0
    while done < count {
      for index in 0..<RingLoad.burst {
        bench_use(samples)
        ring.emplace { samples[index] }
      }
      for _ in 0..<RingLoad.burst {
        guard ring.pop(into: &out) else { continue }
        bench_use(&out)
        sum &+= UInt64(bitPattern: out.rawNanoseconds)
      }
      done += RingLoad.burst
    }
    return sum
  }
}
