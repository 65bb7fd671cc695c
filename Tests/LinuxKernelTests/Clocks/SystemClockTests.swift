// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct SystemClockTests {
  @Test func smallFrequenciesLeaveTheTickAlone() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    let applied = try clock.adjust(frequency: .partsPerMillion(-499.9))
    let write = try #require(kernel.writes.last)
    #expect(write.modes == clinux_adj_frequency | clinux_adj_tick)
    #expect(write.tick == TimexFrequency.nominalTick)
    #expect(write.frequency == Int64((-499.9 * 65536).rounded()))
    #expect(abs(applied.ratio - kernel.frequency) < 1e-15)
  }

  @Test(arguments: [501.0, -750, 12_345.678, 83_333, -100_000, 99_999.99])
  func largeSlewsUseTheTick(partsPerMillion: Double) throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    let applied = try clock.adjust(frequency: .partsPerMillion(partsPerMillion))
    #expect(kernel.writes.last?.tick != TimexFrequency.nominalTick)
    // Within half of the kernel's unit.
    #expect(abs(applied.partsPerMillion - partsPerMillion) <= 0.51 / 65536)
    #expect(abs(kernel.frequency * 1e6 - partsPerMillion) <= 0.51 / 65536)
  }

  @Test(arguments: [1.0, -0.5, 1e9])
  func whatIsTooMuchIsClamped(ratio: Double) throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    let applied = try clock.adjust(frequency: Frequency(ratio: ratio))
    #expect(abs(applied.ratio) <= TimexFrequency.maximum.ratio + 1e-12)
    #expect((applied.ratio < 0) == (ratio < 0))
  }

  @Test func notANumberIsRefusedBeforeTheKernelSeesIt() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    #expect(throws: ClockError.invalidValue) { try clock.adjust(frequency: Frequency(ratio: .nan)) }
    #expect(kernel.writes.isEmpty)
  }

  @Test func itReportsWhatTheKernelReallyApplied() throws {
    let kernel = FakeKernel()
    // A kernel that knows only whole ppm.
    let calls = TimexCalls(
      adjust: { timex in
        if timex.modes & clinux_adj_frequency != 0 { timex.frequency = timex.frequency / 65536 * 65536 }
        return kernel.adjust(&timex)
      }, pair: { kernel.pair })
    var clock = try SystemClock(mode: .steer, calls: calls)
    let seen1 = try clock.adjust(frequency: .partsPerMillion(7.75))
    #expect(seen1.partsPerMillion == 7)
    let seen2 = try clock.read()
    #expect(seen2.frequency.partsPerMillion == 7)
  }

  @Test(arguments: [
    TimeInterval(nanoseconds: 1), TimeInterval(nanoseconds: -1), .milliseconds(-250), .seconds(86_400),
    TimeInterval(nanoseconds: -1_000_000_000), TimeInterval(nanoseconds: 1_999_999_999),
  ])
  func stepsAreSplitAsTheKernelWants(step: TimeInterval) throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    let before = kernel.pair
    let era = try clock.read().era
    try clock.step(by: step)
    #expect(kernel.pair.time - before.time == step)
    let write = try #require(kernel.writes.last)
    #expect(write.modes == clinux_adj_setoffset | clinux_adj_nano)
    #expect((0..<1_000_000_000).contains(write.subseconds))
    let seen3 = try clock.read()
    #expect(seen3.era == era.next)
  }

  @Test func statusLeapErrorsAndTAI() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    try clock.publish(
      status: ClockStatus(
        synchronized: true, leap: .insert, maximumError: TimeInterval(nanoseconds: 1_500_001),
        estimatedError: .microseconds(3), taiOffset: 37))
    var timex = kernel.state.withLock { $0.timex }
    #expect(timex.status & clinux_sta_unsync == 0)
    #expect(timex.status & clinux_sta_ins != 0)
    // Rounded up: a bound must not become smaller.
    #expect(timex.maximum_error == 1501)
    #expect(timex.estimated_error == 3)
    #expect(timex.tai == 37)
    try clock.publish(
      status: ClockStatus(synchronized: false, leap: .delete, maximumError: .max, estimatedError: .max))
    timex = kernel.state.withLock { $0.timex }
    #expect(timex.status == clinux_sta_unsync)
    #expect(timex.maximum_error == SystemClock.errorLimit)
    #expect(timex.tai == 37)
  }

  @Test func everyRefusalIsATypedError() throws {
    let expected: [(Int32, ClockError)] = [
      (EPERM, .notPermitted), (EINVAL, .invalidValue), (ENODEV, .unsupported), (EOPNOTSUPP, .unsupported),
      (EFAULT, .system(errno: EFAULT)),
    ]
    for (errno, error) in expected {
      let kernel = FakeKernel()
      var clock = try SystemClock(mode: .steer, calls: kernel.calls)
      kernel.state.withLock { $0.refusal = -errno }
      let era = try clock.read().era
      #expect(throws: error) { try clock.adjust(frequency: .partsPerMillion(1)) }
      #expect(throws: error) { try clock.step(by: .seconds(1)) }
      #expect(throws: error) {
        try clock.publish(
          status: ClockStatus(synchronized: true, leap: .none, maximumError: .zero, estimatedError: .zero))
      }
      // Nothing happened, so nothing may look as if it had.
      let seen4 = try clock.read()
      #expect(seen4.era == era)
      let seen5 = try clock.observe()
      #expect(seen5.finding == .nothing)
      #expect(clock.capabilities.canSteer == (errno != EPERM))
      kernel.state.withLock { $0.refusal = 0 }
      _ = try clock.adjust(frequency: .partsPerMillion(1))
      #expect(clock.capabilities.canSteer)
    }
  }

  @Test func observeModeNeverWrites() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .observe, calls: kernel.calls)
    #expect(!clock.capabilities.canSteer)
    #expect(throws: ClockError.observing) { try clock.adjust(frequency: .partsPerMillion(1)) }
    #expect(throws: ClockError.observing) { try clock.step(by: .seconds(1)) }
    #expect(throws: ClockError.observing) {
      try clock.publish(
        status: ClockStatus(synchronized: true, leap: .none, maximumError: .zero, estimatedError: .zero))
    }
    #expect(throws: ClockError.observing) { try clock.takeOver() }
    _ = try clock.read()
    _ = try clock.observe()
    #expect(kernel.writes.isEmpty)
  }

  @Test func ownChangesAreNotTakenForOthers() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    for ppm in [100.0, -80_000, 3] {
      _ = try clock.adjust(frequency: .partsPerMillion(ppm))
      kernel.advance(1_000_000_000)
      let seen6 = try clock.observe()
      #expect(seen6.finding == .nothing)
      try clock.step(by: .milliseconds(500))
      kernel.advance(1_000_000_000)
      let seen7 = try clock.observe()
      #expect(seen7.finding == .nothing)
    }
  }

  @Test func aForeignStepIsSeenAndBeginsAnEra() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    kernel.advance(1_000_000_000)
    let era = try clock.observe().reading.era
    kernel.foreignStep(.milliseconds(20))
    kernel.advance(1_000_000_000)
    let seen = try clock.observe()
    let moved = try #require(seen.finding.moved)
    #expect((moved - .milliseconds(20)).magnitude <= TimeInterval(nanoseconds: 10))
    #expect(seen.reading.era == era.next)
    kernel.advance(1_000_000_000)
    let seen8 = try clock.observe()
    #expect(seen8.finding == .nothing)
  }

  @Test func aForeignFrequencyIsSeenAndTakenAsInForce() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    _ = try clock.adjust(frequency: .partsPerMillion(10))
    kernel.advance(300_000_000)
    kernel.foreignFrequency(-65536 * 200)
    kernel.advance(700_000_000)
    let seen = try clock.observe()
    #expect(seen.finding.frequency == TimexFrequency(tick: 10000, units: -65536 * 200).frequency)
    #expect(seen.finding.moved == nil)
    #expect(seen.reading.frequency == seen.finding.frequency)
    kernel.advance(1_000_000_000)
    let seen9 = try clock.observe()
    #expect(seen9.finding == .nothing)
  }

  @Test func theLeapSecondIsNotForeign() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    try clock.publish(
      status: ClockStatus(synchronized: true, leap: .insert, maximumError: .zero, estimatedError: .zero))
    kernel.advance(500_000_000)
    kernel.foreignStep(.seconds(-1))
    kernel.advance(500_000_000)
    let seen = try clock.observe()
    #expect(seen.finding.leap)
    #expect(seen.finding.moved.map { ($0 + .seconds(1)).magnitude <= TimeInterval(nanoseconds: 10) } == true)
    // Once only.
    kernel.foreignStep(.seconds(-1))
    kernel.advance(500_000_000)
    let seen10 = try clock.observe()
    #expect(!seen10.finding.leap)
  }

  @Test func takeOverEndsAPhaseLockedLoopAndKeepsTheFrequency() throws {
    let kernel = FakeKernel()
    kernel.foreignFrequency(4242)
    kernel.state.withLock { $0.timex.status = clinux_sta_pll | clinux_sta_ins }
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    try clock.takeOver()
    #expect(kernel.state.withLock { $0.timex.status } == clinux_sta_unsync)
    #expect(kernel.state.withLock { $0.timex.frequency } == 4242)
    // Leaving the loop must not pass through a call that moves the clock or its frequency.
    #expect(
      kernel.writes.allSatisfy { $0.modes & (clinux_adj_setoffset | clinux_adj_frequency | clinux_adj_tick) == 0 })
    #expect(kernel.writes.first?.offset == 0)
  }

  @Test func theRealKernelLetsAnybodyWatch() throws {
    var clock = try SystemClock(mode: .observe)
    let reading = try clock.read()
    #expect((reading.raw - RawClock.now()).magnitude < .seconds(5))
    #expect((reading.time - RealtimeClock.now().sinceEpoch).magnitude < .seconds(5))
  }

  @Test(
    .enabled(
      if: !Capability.sysTime.isEffective && !Capability.sysTime.isInBoundingSet, "CAP_SYS_TIME is present: not tried"))
  func theRealKernelRefusesWithoutThePrivilege() throws {
    guard !Capability.sysTime.isEffective else { return }
    var clock = try SystemClock(mode: .steer)
    let before = try clock.read().frequency
    #expect(throws: ClockError.notPermitted) { try clock.adjust(frequency: before) }
    #expect(!clock.capabilities.canSteer)
  }

  @Test func theEnumBehavesAsItsClocks() throws {
    let kernel = FakeKernel()
    var clock = HostClock.system(try SystemClock(mode: .steer, calls: kernel.calls))
    let seen11 = try clock.adjust(frequency: .partsPerMillion(5))
    #expect(seen11.partsPerMillion == 5)
    let era = try clock.read().era
    try clock.step(by: .seconds(1))
    let seen12 = try clock.read()
    #expect(seen12.era == era.next)
    var virtual = HostClock.virtual(VirtualClock(start: kernel.pair, readRaw: { kernel.raw }))
    let start = try virtual.read()
    try virtual.step(by: .seconds(1))
    let seen13 = try virtual.read()
    #expect(seen13.time - start.time == .seconds(1))
    let seen14 = try virtual.adjust(frequency: .partsPerMillion(5))
    #expect(seen14.partsPerMillion == 5)
    let seen15 = try virtual.read()
    #expect(seen15.frequency.partsPerMillion == 5)
  }

  @Test func aLoopThatSomebodyStartsAgainIsEndedAgain() throws {
    let kernel = FakeKernel()
    var clock = try SystemClock(mode: .steer, calls: kernel.calls)
    _ = try clock.adjust(frequency: .partsPerMillion(1))
    let first = kernel.writes.count
    _ = try clock.adjust(frequency: .partsPerMillion(2))
    // One call per change while nobody interferes.
    #expect(kernel.writes.count == first + 1)
    kernel.state.withLock { $0.timex.status = clinux_sta_pll }
    kernel.advance(1_000_000_000)
    _ = try clock.observe()
    _ = try clock.adjust(frequency: .partsPerMillion(3))
    #expect(kernel.state.withLock { $0.timex.status } & clinux_sta_pll == 0)
    #expect(abs(kernel.frequency * 1e6 - 3) <= 0.51 / 65536)
  }
}
