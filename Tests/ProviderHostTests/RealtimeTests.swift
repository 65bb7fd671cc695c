// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Testing
import TimeTypes

@testable import ProviderHost

/// realtime/1: others' stamps by CLOCK_REALTIME. With a virtual clock over the kernel's: `./Tools/test refclock`.
@Suite struct RealtimeTests {
  @Test func fromNowBack() throws {
    let backend = TestBackend()
    let now = try #require(backend.read(.system))
    for since in [-900_000_000, 0, 1, 5_000_000, 60_000_000_000] as [Int64] {
      let found = try #require(backend.stamp(realtime: now.time.nanoseconds - since))
      #expect(found.time.nanoseconds == now.time.nanoseconds - since)
      #expect(found.raw.nanoseconds == now.raw.nanoseconds - since && found.era == now.era && found.kind == .user)
      #expect(found.errorNanoseconds == now.errorNanoseconds + UInt32(abs(since) / 1000))
    }
    for since in [-1_000_000_001, 64_000_000_001, .max / 2, -.max / 2] as [Int64] {
      #expect(backend.stamp(realtime: now.time.nanoseconds &- since) == nil)
    }
    for moment in [Int64.min, .max, 0, -1] { #expect(backend.stamp(realtime: moment) == nil) }
  }
}
