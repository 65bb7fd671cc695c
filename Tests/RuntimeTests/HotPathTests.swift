// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import LinuxKernel
import Testing
import TimeTypes

@testable import Runtime

/// From a provider's `publish` through the ring, the engine and the clock, and back: nothing is allocated, whatever happens.
@Suite struct HotPathTests {
  /// Enough for every branch of the estimator many times over; unoptimized, more would take minutes.
  static let samples = 20_000

  /// Allocations and frees of this thread during `body`.
  static func allocations(_ body: () -> Void) -> UInt64 {
    allocation_counter_start()
    body()
    return allocation_counter_stop()
  }

  static var counterWorks: Bool { allocation_counter_works() == 1 }

  @Test(.enabled(if: HotPathTests.counterWorks, "a sanitizer has its own allocator in place"))
  func theCounterSeesWhatSwiftAllocates() {
    let count = Self.allocations {
      let array = Array(repeating: UInt8(1), count: 100_000)
      withExtendedLifetime(array) {}
    }
    #expect(count >= 2, "an array's memory, taken and given back")
    #expect(Self.allocations {} == 0)
  }

  /// With the record's queue taken, as [control] does, and without, so that it is full most of the time.
  @Test(
    .enabled(if: HotPathTests.counterWorks, "a sanitizer has its own allocator in place"), arguments: [true, false])
  func samplesAllocateNothing(isTaken: Bool) throws {
    let recorder = EventRecorder()
    let start = ClockPair.realtime()
    let clock = VirtualClock(initialOffset: -.milliseconds(2), initialFrequency: .partsPerMillion(40), start: start)
    let rig = try DisciplineRig(number: isTaken ? 31 : 32, clock: .virtual(clock), recorder: recorder)
    let sources = [try rig.provider.add(), try rig.provider.add(), try rig.provider.add()]
    // What is made once, at the first use of each path, is made before.
    var refused = 0
    var recorded = 0
    func turn(_ count: Int) {
      for index in 0..<count {
        // One of the three is 40 µs off, so that selection and the servo have work to do.
        let noise = TimeInterval(nanoseconds: Int64(index % 7) * 500 + (index % 3 == 2 ? 40_000 : 0))
        if !rig.measure(sources[index % 3], time: start.time + noise, at: start.raw) { refused += 1 }
        if index % 8 == 7 { rig.role.turn() }
        while isTaken, recorder.next() != nil { recorded += 1 }
      }
    }
    turn(3_000)
    rig.role.nextTick = RawInstant(nanoseconds: .min)
    rig.role.turn()
    let before = try #require(rig.report())
    let count = Self.allocations { turn(Self.samples) }
    let after = try #require(rig.report())
    #expect(count == 0, "\(count) allocations and frees in \(Self.samples) samples")
    #expect(refused == 0)
    #expect(
      isTaken ? recorded > Self.samples + 3000 && recorder.missing == 0 : recorder.missing > UInt64(Self.samples) / 2)
    #expect(after.counters.samples - before.counters.samples == UInt64(Self.samples))
    #expect(after.counters.updates > before.counters.updates, "the engine decided")
    #expect(after.reading?.raw ?? start.raw > before.reading?.raw ?? start.raw, "the clock was driven")
  }
}
