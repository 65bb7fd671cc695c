// SPDX-License-Identifier: Apache-2.0

import Glibc
import SampleRing

/// The ring between two processes: each word an atomic and each sample checked, since the other side may be hostile.
struct RingSharedMemory: Entry {
  var names: [String] { ["ring.shared-memory"] }
  var summary: String {
    "two ends over one mapping as two processes have them, on two cores, against the C++ ring, which trusts its peer"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    try RingCrossCore.needTwoCores()
    let count = context.count(100_000) / RingLoad.burst * RingLoad.burst
    let bytes = SampleRingLayout.byteCount(capacity: Int(RingLoad.capacity))
    guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED
    else {
      throw Skip(reason: "no shared memory: errno \(errno)")
    }
    defer { munmap(start, bytes) }
    let memory = UnsafeMutableRawBufferPointer(start: start, count: bytes)
    let rounds = try Rounds(
      context.rounds(101),
      ours: {
        let producer = try SampleRing(formatting: memory, capacity: Int(RingLoad.capacity))
        let consumer = try SampleRing(attaching: memory)
        return try RingCrossCore.ours(count, RingCrossCore.SharedRing(producer: producer, consumer: consumer))
      },
      theirs: { try RingCrossCore.theirs(count) })
    return [rounds.outcome("ring.shared-memory", unit: "ns/item", peer: "c++", limit: nil)]
  }
}
