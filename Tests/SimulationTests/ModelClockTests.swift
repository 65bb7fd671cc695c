// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Simulation

@Suite struct ModelClockTests {
  @Test func frequencyAndSteps() {
    var clock = ModelClock(time: .seconds(1000), frequency: .partsPerMillion(100))
    #expect(clock.time(at: RawInstant(nanoseconds: 0)) == .seconds(1000))
    // 100 ppm of 10 s is 1 ms.
    #expect(clock.time(at: RawInstant(nanoseconds: 10_000_000_000)) == .seconds(1010) + .milliseconds(1))
    clock.adjust(frequency: .zero, at: RawInstant(nanoseconds: 10_000_000_000))
    clock.step(by: .milliseconds(-1), at: RawInstant(nanoseconds: 20_000_000_000))
    let reading = clock.reading(at: RawInstant(nanoseconds: 30_000_000_000))
    #expect(reading.time == .seconds(1030))
    #expect(reading.era.rawValue == 1 && reading.frequency == .zero)
  }

  @Test func momentIsTheFirstAtWhichTheCounterIsThere() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<500 {
      let frequency = Frequency.partsPerBillion(Double(Int64(generator.next() % 400_000)) - 200_000)
      let oscillator = ModelOscillator(start: RawInstant(nanoseconds: 7_000), frequency: frequency)
      let raw = RawInstant(nanoseconds: Int64(generator.next() % 1_000_000_000_000_000))
      let moment = oscillator.moment(of: raw)
      #expect(oscillator.raw(at: moment) >= raw)
      #expect(oscillator.raw(at: moment - TimeInterval(nanoseconds: 1)) < raw)
    }
  }

  @Test func frequencyChangesWithoutAJump() {
    var oscillator = ModelOscillator(frequency: .partsPerMillion(50))
    let moment = RawInstant(nanoseconds: 1_000_000_000_000)
    let before = oscillator.raw(at: moment)
    oscillator.setFrequency(.partsPerMillion(-50), at: moment)
    #expect(oscillator.raw(at: moment) == before)
    #expect(oscillator.raw(at: moment + .seconds(1)) == before + TimeInterval(nanoseconds: 999_950_000))
  }
}
