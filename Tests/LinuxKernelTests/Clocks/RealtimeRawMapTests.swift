// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

/// A clock that is slewed or stepped between T1 and T4 falsifies a round trip in its own time; in raw time it must not.
@Suite struct RealtimeRawMapTests {
  /// The raw times of two stamps, taken with `happening` in the middle of 20 ms between them, minus the truth.
  func roundTripError(
    _ kernel: FakeKernel, _ stamper: inout ClockStamper, happening: () throws -> Void
  ) rethrows -> (error: TimeInterval, first: Stamp, last: Stamp) {
    stamper.refresh()
    let (t1, rawT1) = (kernel.stamp, kernel.raw)
    kernel.advance(300_000)
    stamper.refresh()
    let first = stamper.stamp(realtimeNanoseconds: t1, notBefore: rawT1 - .microseconds(50))
    kernel.advance(9_700_000)
    try happening()
    kernel.advance(10_000_000)
    let (t4, rawT4) = (kernel.stamp, kernel.raw)
    // The packet waits before anybody looks.
    kernel.advance(2_000_000)
    stamper.refresh()
    let last = stamper.stamp(realtimeNanoseconds: t4, notBefore: rawT1)
    return ((last.raw - first.raw) - (rawT4 - rawT1), first, last)
  }

  @Test(arguments: [500.0, -500, 83_333, -100_000])
  func ownSlewBetweenT1AndT4(partsPerMillion: Double) throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    var stamper = ClockStamper(clock.stampSource, read: { kernel.pair })
    let result = try roundTripError(kernel, &stamper) {
      _ = try clock.adjust(frequency: .partsPerMillion(partsPerMillion))
    }
    #expect(result.error.magnitude <= TimeInterval(nanoseconds: 2))
    #expect(result.first.era == result.last.era)
    // In its own time the clock lies: the test would see nothing if it did not.
    let own = (result.last.time - result.first.time) - (result.last.raw - result.first.raw)
    #expect(own.magnitude.inNanoseconds > abs(partsPerMillion) * 10 * 0.9)
  }

  @Test(arguments: [TimeInterval.milliseconds(250), .milliseconds(-250), .seconds(-3600), .microseconds(-300)])
  func ownStepBetweenT1AndT4(step: TimeInterval) throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    var stamper = ClockStamper(clock.stampSource, read: { kernel.pair })
    let result = try roundTripError(kernel, &stamper) { try clock.step(by: step) }
    #expect(result.error.magnitude <= TimeInterval(nanoseconds: 2))
    #expect(result.last.era == result.first.era.next)
  }

  @Test func slewAndStepWhileStampsWaitUnread() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    var stamper = ClockStamper(clock.stampSource, read: { kernel.pair })
    let t1 = kernel.stamp, rawT1 = kernel.raw
    kernel.advance(1_000_000)
    _ = try clock.adjust(frequency: .partsPerMillion(90_000))
    kernel.advance(5_000_000)
    try clock.step(by: .milliseconds(400))
    kernel.advance(3_000_000)
    _ = try clock.adjust(frequency: .partsPerMillion(-400))
    let t4 = kernel.stamp, rawT4 = kernel.raw
    kernel.advance(1_000_000)
    stamper.refresh()
    let first = stamper.stamp(realtimeNanoseconds: t1, notBefore: rawT1 - .microseconds(1))
    let last = stamper.stamp(realtimeNanoseconds: t4, notBefore: rawT1)
    #expect((first.raw - rawT1).magnitude <= TimeInterval(nanoseconds: 2))
    #expect((last.raw - rawT4).magnitude <= TimeInterval(nanoseconds: 2))
  }

  @Test func theVirtualClockIsSlewedAndSteppedBetweenT1AndT4() {
    let kernel = FakeKernel()
    var clock = VirtualClock(
      initialOffset: .milliseconds(250), initialFrequency: .partsPerMillion(40), start: kernel.pair,
      readRaw: { kernel.raw })
    var stamper = ClockStamper(clock.stampSource, read: { kernel.pair })
    let result = roundTripError(kernel, &stamper) {
      _ = clock.adjust(frequency: .partsPerMillion(-83_333))
      clock.step(by: .milliseconds(-100))
    }
    #expect(result.error.magnitude <= TimeInterval(nanoseconds: 2))
    #expect(result.last.era == result.first.era.next)
    // What the stamp shows is what the clock showed at that raw moment.
    #expect((clock.reading(at: result.last.raw).time - result.last.time).magnitude <= TimeInterval(nanoseconds: 1))
    #expect((clock.reading(at: result.first.raw).time - result.first.time).magnitude <= TimeInterval(nanoseconds: 1))
  }

  @Test func theHostsClockIsDrivenByOthersUnderAVirtualClock() {
    // chronyd slews REALTIME by 500 ppm and steps it while our virtual clock rests: its stamps stay true.
    let kernel = FakeKernel()
    let clock = VirtualClock(start: kernel.pair, readRaw: { kernel.raw })
    var stamper = ClockStamper(clock.stampSource, read: { kernel.pair })
    for _ in 0..<20 {
      kernel.advance(100_000_000)
      stamper.refresh()
    }
    kernel.foreignFrequency(500 * 65536)
    kernel.advance(500_000_000)
    stamper.refresh()
    let (stamp, raw) = (kernel.stamp, kernel.raw)
    kernel.advance(1_000_000)
    stamper.refresh()
    #expect(
      (stamper.stamp(realtimeNanoseconds: stamp, notBefore: raw - .milliseconds(1)).raw - raw).magnitude
        <= .microseconds(1))
    kernel.foreignStep(.seconds(-30))
    let (stepped, steppedRaw) = (kernel.stamp, kernel.raw)
    kernel.advance(1_000_000)
    stamper.refresh()
    let after = stamper.stamp(realtimeNanoseconds: stepped, notBefore: steppedRaw - .microseconds(1))
    #expect((after.raw - steppedRaw).magnitude <= .microseconds(1))
    #expect(stamper.map.history.foreignJumps == 1)
    #expect(after.era == clock.read().era)
  }

  @Test func aReadingThatWasInterruptedDoesNotBendTheLine() {
    var history = RealtimeRawHistory()
    history.observe(ClockPair(raw: RawInstant(nanoseconds: 0), time: .zero))
    history.observe(ClockPair(raw: RawInstant(nanoseconds: 100_000_000), time: .milliseconds(100)))
    // Preempted for 40 µs between the readings: off by 20 µs and honest about it.
    history.observe(
      ClockPair(
        raw: RawInstant(nanoseconds: 200_000_000), time: TimeInterval(nanoseconds: 200_018_000),
        errorNanoseconds: 20_000))
    #expect(history.discarded == 1)
    let found = history.pair(
      ofRealtime: 199_000_000, notBefore: RawInstant(nanoseconds: 0), notAfter: RawInstant(nanoseconds: 200_000_000))
    #expect(found?.pair.raw == RawInstant(nanoseconds: 199_000_000))
  }

  @Test func theRealMapAgreesWithTheRealClocks() {
    var map = RealtimeRawMap(owner: nil)
    let before = RawClock.now()
    let stamp = RealtimeClock.now().nanoseconds
    let after = RawClock.now()
    map.refresh()
    let found = map.pair(ofRealtime: stamp, notBefore: before - .microseconds(1))
    // Whatever the host does to its clock, in these microseconds it cannot bend by more than 10 %.
    let slack =
      TimeInterval(nanoseconds: Int64(map.newest.errorNanoseconds) + 200) + (map.newest.raw - before).half.half
    #expect(found.pair.raw >= before - slack)
    #expect(found.pair.raw <= after + slack)
  }

  @Test func randomDrivingNeverFalsifiesAStamp() throws {
    var generator = SeededGenerator(seed: 0x5eed)
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    var stamper = ClockStamper(clock.stampSource, read: { kernel.pair })
    for _ in 0..<2000 {
      kernel.advance(Int64.random(in: 1000...40_000_000, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0:
        _ = try clock.adjust(frequency: .partsPerMillion(Double.random(in: -100_000...100_000, using: &generator)))
      case 1: try clock.step(by: .microseconds(Int64.random(in: -900_000...900_000, using: &generator)))
      case 2: _ = try clock.observe()
      default: break
      }
      kernel.advance(Int64.random(in: 1000...500_000, using: &generator))
      let (stamp, raw) = (kernel.stamp, kernel.raw)
      kernel.advance(Int64.random(in: 1000...3_000_000, using: &generator))
      if Bool.random(using: &generator) {
        _ = try clock.adjust(frequency: .partsPerMillion(Double.random(in: -100_000...100_000, using: &generator)))
        kernel.advance(20_000)
      }
      stamper.refresh()
      let made = stamper.stamp(realtimeNanoseconds: stamp, notBefore: raw - .microseconds(1))
      #expect((made.raw - raw).magnitude <= TimeInterval(nanoseconds: 3))
    }
  }
}
