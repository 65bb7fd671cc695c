// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import Synchronization
import Testing

@testable import NTPSymmetric

@Suite struct RingKeyTests {
  /// More threads than lanes: whoever finds none says so, and nothing valid is called a wrong code.
  @Test func tooManyThreadsAreNoWrongCode() async throws {
    let key = try #require(RingKey(Keys.symmetric(.aes128CMAC), lanes: 1))
    let scheme = Scheme(ring: KeyRing([key]))
    let signed = scheme.request(header(), key: key.id).bytes
    #expect(signed.count == 68)
    final class Flag: Sendable { let isOver = Atomic<Bool>(false) }
    let flag = Flag()
    let outcomes = await withTaskGroup(of: Set<Outcome>.self) { group in
      for _ in 0..<4 {
        group.addTask {
          var seen: Set<Outcome> = []
          // Two threads in one lane at last: on any machine with two processors after a few packets.
          for _ in 0..<200_000 where !flag.isOver.load(ordering: .relaxed) {
            let taken = scheme.take(request: signed)
            seen.insert(taken.outcome)
            if taken.outcome == .verified { continue }
            flag.isOver.store(true, ordering: .relaxed)
            #expect(taken.packet.refusal == .unavailable)
          }
          return seen
        }
      }
      return await group.reduce(into: Set<Outcome>()) { $0.formUnion($1) }
    }
    #expect(outcomes.isSubset(of: [.verified, .unavailable]), "\(outcomes)")
  }

  /// 64 workers and the clients' thread find a lane each, unless there are so many keys that memory counts.
  @Test func lanesForEveryWorker() {
    #expect(RingKey.lanes(for: 0) == 65 && RingKey.lanes(for: 31) == 65)
    for count in [32, 500, 100_000] {
      let lanes = RingKey.lanes(for: count)
      #expect(lanes >= 4 && lanes < 65 && (lanes == 4 || lanes * count <= 2048))
    }
  }
}
