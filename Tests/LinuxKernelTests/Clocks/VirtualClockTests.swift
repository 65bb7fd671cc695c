// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct VirtualClockTests {
  @Test func startsWithTheErrorAndFrequencyAskedFor() {
    let kernel = FakeKernel()
    let clock = VirtualClock(
      initialOffset: .milliseconds(250), initialFrequency: .partsPerMillion(40), start: kernel.pair,
      readRaw: { kernel.raw })
    let seen1 = clock.read()
    #expect(seen1.time - kernel.pair.time == .milliseconds(250))
    let seen2 = clock.read()
    #expect(seen2.frequency.partsPerMillion == 40)
    kernel.advance(10_000_000_000)
    // 40 ppm over 10 s.
    let gained = clock.read().time - kernel.pair.time - .milliseconds(250)
    #expect((gained - .microseconds(400)).magnitude <= TimeInterval(nanoseconds: 1))
  }

  @Test func bendsWithoutAJumpAndJumpsWithoutABend() {
    let kernel = FakeKernel()
    var clock = VirtualClock(start: kernel.pair, readRaw: { kernel.raw })
    kernel.advance(1_000_000_000)
    let before = clock.read()
    _ = clock.adjust(frequency: .partsPerMillion(-1000))
    let seen3 = clock.read()
    #expect(seen3.time == before.time)
    let seen4 = clock.read()
    #expect(seen4.era == before.era)
    kernel.advance(1_000_000_000)
    #expect((clock.read().time - before.time - .milliseconds(999)).magnitude <= TimeInterval(nanoseconds: 1))
    let again = clock.read()
    clock.step(by: .seconds(-5))
    let seen5 = clock.read()
    #expect(seen5.time == again.time - .seconds(5))
    let seen6 = clock.read()
    #expect(seen6.era == again.era.next)
    let seen7 = clock.read()
    #expect(seen7.frequency == again.frequency)
  }

  @Test func frequencyIsClampedAndNonsenseIsNothing() {
    let kernel = FakeKernel()
    var clock = VirtualClock(start: kernel.pair, readRaw: { kernel.raw })
    let seen8 = clock.adjust(frequency: Frequency(ratio: 7))
    #expect(seen8 == VirtualClock.maximumFrequency)
    let seen9 = clock.adjust(frequency: Frequency(ratio: .nan))
    #expect(seen9 == .zero)
  }

  @Test func theHostsClocksAreNotTouched() {
    let before = ClockPair.realtime()
    var clock = VirtualClock(initialOffset: .seconds(100))
    clock.step(by: .seconds(1000))
    _ = clock.adjust(frequency: .partsPerMillion(90_000))
    let after = ClockPair.realtime()
    #expect(((after.time - before.time) - (after.raw - before.raw)).magnitude < .milliseconds(10))
  }
}
