// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CTompionProvider
import MockHost
import Testing

@testable import Local

/// The own clock looks at the page each second, for as long as the daemon runs: nothing is allocated for it.
@Suite(.enabled(if: allocation_counter_works() == 1, "a sanitizer has its own allocator in place"))
struct LocalAllocationTests {
  /// While it stands in, and while there is real time.
  @Test(arguments: [false, true]) func aSecondAllocatesNothing(isReal: Bool) throws {
    let host = MockHost()
    host.set("wait", Int64(10))
    LocalProviderTests.clock(host, synchronized: isReal, stratum: isReal ? 3 : 16)
    #expect(LocalProviderTests.run(host) == TOMPION_OK)
    let provider = try #require(host.provider)
    let timer = try #require(host.receiver(TOMPION_TIMER_ID, as: tompion_timer_receiver_t.self))
    // What the mock keeps would be on the heap.
    host.samples.reserveCapacity(4096)
    func seconds(_ count: Int) {
      for _ in 0..<count {
        host.raw += LocalProviderTests.second
        timer.pointee.expired(provider, 0, host.raw)
      }
    }
    seconds(100)
    let published = host.samples.count
    allocation_counter_start()
    seconds(400)
    let count = allocation_counter_stop()
    #expect(count == 0, "\(count) allocations and frees in 400 s")
    #expect(host.samples.count == published + 50 && host.timers.count == 1, "one in eight seconds")
    #expect(host.sources.values.first?.reach == (isReal ? 0 : 0xFF))
  }
}
