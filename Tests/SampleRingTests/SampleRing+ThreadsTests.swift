// SPDX-License-Identifier: Apache-2.0

import Foundation
import SampleRing
import Testing
import TimeTypes

/// One producer thread and one consumer thread on one ring. Run under `--sanitize=thread` too.
struct SampleRingThreadsTests {
  final class Shared: Sendable {
    let ring: SampleRing
    init(capacity: Int) { ring = SampleRing(capacity: capacity) }
  }

  @Test
  func aMillionSamplesArriveWholeAndInOrder() {
    let shared = Shared(capacity: 256)
    let total = 1_000_000
    let producer = Thread {
      var sent = 0
      while sent < total {
        if sent % 5 == 0 {
          // A batch that may be cut short: what was not taken is sent again.
          let batch = (sent..<min(sent + 7, total)).map { Sample.numbered($0) }
          sent += shared.ring.push(contentsOf: batch.span)
        } else if shared.ring.push(.numbered(sent)) {
          sent += 1
        }
        if shared.ring.count > 200 { sched_yield() }
      }
    }
    producer.start()
    var received = 0
    var wrong = 0
    while received < total {
      if received % 3 == 0, let sample = shared.ring.pop() {
        if sample != .numbered(received) { wrong += 1 }
        received += 1
      } else if shared.ring.drain(
        atMost: 64,
        {
          if $0 != .numbered(received) { wrong += 1 }
          received += 1
        }) == 0
      {
        sched_yield()
      }
    }
    #expect(wrong == 0)
    #expect(shared.ring.count == 0)
    #expect(shared.ring.fault == nil)
  }
}
