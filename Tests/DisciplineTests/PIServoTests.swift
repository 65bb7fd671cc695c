// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Discipline

/// A clock on an oscillator of its own, driven by a PI servo from noisy readings: formulas and a seed, the same every time.
private struct DrivenClock {
  var servo: PIServo
  /// How fast the oscillator gains by itself.
  var drift: Double
  /// Reference − clock, seconds.
  var offset: Double
  var interval = 1.0
  var noise = 0.0
  var random: SeededGenerator
  var steps = 0
  var now = 0.0
  var wander = 0.0
  /// A clock that the servo only sets.
  var set = 0.0

  mutating func turn() {
    offset -= (drift + set) * interval
    drift += wander * (Double.random(in: -1...1, using: &random))
    now += interval
    let measured = offset + noise * Double.random(in: -1...1, using: &random)
    if servo.sample(offset: measured, raw: RawInstant(sinceEpoch: TimeInterval(seconds: now))) == .jump {
      offset -= measured
      steps += 1
    }
    set = servo.frequency
  }
}

@Suite struct PIServoTests {
  private func clock(
    _ settings: PISettings = PISettings(), drift: Double = 40e-6, offset: Double = 0, limit: Double = 0.1,
    interval: Double = 1, noise: Double = 0, seed: UInt64 = 1
  ) -> DrivenClock {
    DrivenClock(
      servo: PIServo(settings, maximumFrequency: limit, interval: interval), drift: drift, offset: offset,
      interval: interval, noise: noise, random: SeededGenerator(seed: seed))
  }

  /// The gains are min(scale × interval^exponent, norm_max / interval); a constant of its own wins.
  @Test func gains() {
    var settings = PISettings()
    for interval in [0.0625, 0.25, 1, 4, 64] {
      let gains = settings.gains(interval: interval)
      #expect(gains.proportional <= 0.7 / interval + 1e-15)
      #expect(gains.integral <= 0.3 / interval + 1e-15)
    }
    #expect(settings.gains(interval: 1).proportional == 0.7)
    #expect(settings.gains(interval: 1).integral == 0.3)
    // Below a second the proportional part grows as interval^-0.3 and the integral one falls as interval^0.4: at 1/4 s by 2^0.6 and 2^-0.8.
    let fast = settings.gains(interval: 0.25)
    #expect((fast.proportional - 0.7 * 1.515_716_566_510_398).magnitude < 1e-12)
    #expect((fast.integral - 0.3 * 0.574_349_177_498_517_5).magnitude < 1e-12)
    settings.proportional = 0.05
    settings.integral = 0.001
    #expect(settings.gains(interval: 8).proportional == 0.05)
    #expect(settings.gains(interval: 8).integral == 0.001)
  }

  /// Unlocked with one sample; the second gives the frequency that was missing, exactly.
  @Test func secondSampleFindsTheFrequency() {
    var clock = clock(offset: 5e-6)
    clock.turn()
    #expect(clock.servo.state == .unlocked)
    #expect(clock.servo.frequency == 0)
    clock.turn()
    #expect((clock.servo.frequency + 40e-6).magnitude < 1e-12)
    #expect(clock.servo.state == .jump)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5])
  func converges(seed: UInt64) {
    var clock = clock(drift: -73e-6, offset: 15e-6, noise: 20e-9, seed: seed)
    for _ in 0..<60 { clock.turn() }
    var worst = 0.0
    for _ in 0..<600 {
      clock.turn()
      worst = max(worst, clock.offset.magnitude)
    }
    #expect(clock.servo.state == .locked)
    #expect((clock.servo.integral - 73e-6).magnitude < 60e-9)
    // Readings are uniform within ±20 ns; the loop of these gains amplifies them by less than 5.
    #expect(worst < 100e-9)
  }

  /// The first offset is stepped over first_step_threshold and slewed below it.
  @Test func firstStep() {
    var settings = PISettings()
    var far = clock(settings, drift: 0, offset: 21e-6)
    for _ in 0..<2 { far.turn() }
    #expect(far.steps == 1)
    far.turn()
    #expect(far.servo.state == .locked)
    var near = clock(settings, drift: 0, offset: 19e-6)
    for _ in 0..<100 { near.turn() }
    #expect(near.steps == 0)
    #expect(near.offset.magnitude < 1e-9)
    settings.firstStepThreshold = 0
    var never = clock(settings, drift: 0, offset: 0.01, limit: 0.001)
    for _ in 0..<100 { never.turn() }
    #expect(never.steps == 0)
    #expect(never.offset.magnitude < 1e-9)
  }

  /// Once locked, only step_threshold steps, by way of two fresh samples; 0 never does.
  @Test func laterSteps() {
    var patient = clock(drift: 10e-6)
    for _ in 0..<20 { patient.turn() }
    patient.offset += 0.5
    for _ in 0..<50 { patient.turn() }
    #expect(patient.steps == 0)
    var settings = PISettings()
    settings.stepThreshold = 0.001
    var ready = clock(settings, drift: 10e-6)
    for _ in 0..<20 { ready.turn() }
    let before = ready.steps
    ready.offset += 0.5
    ready.turn()
    #expect(ready.servo.state == .unlocked)
    ready.turn()
    #expect(ready.steps == before + 1)
    for _ in 0..<20 { ready.turn() }
    #expect(ready.servo.state == .locked)
    #expect(ready.offset.magnitude < 1e-6)
  }

  /// Neither the clock's limit nor max_frequency is passed, and the sum learns nothing meanwhile.
  @Test func limitsHold() {
    var settings = PISettings()
    settings.firstStepThreshold = 0
    settings.maximumFrequency = 100e-6
    var clock = clock(settings, drift: 20e-6, offset: 0.01)
    for _ in 0..<100 {
      clock.turn()
      #expect(clock.servo.frequency.magnitude <= 100e-6)
      #expect(clock.servo.integral.magnitude <= 100e-6)
    }
    for _ in 0..<200 { clock.turn() }
    #expect(clock.offset.magnitude < 1e-9)
    let own = PIServo(PISettings(), maximumFrequency: 5e-6)
    #expect(own.maximumFrequency == 5e-6)
  }

  /// Samples out of order, or no numbers, are not taken for an oscillator's error.
  @Test func nonsense() {
    var servo = PIServo(PISettings(), maximumFrequency: 0.1, frequency: 3e-6)
    let second = RawInstant(nanoseconds: 1_000_000_000)
    #expect(servo.sample(offset: .nan, raw: second) == .unlocked)
    #expect(servo.sample(offset: 1e-6, raw: second) == .unlocked)
    #expect(servo.sample(offset: 2e-6, raw: second) == .unlocked)
    #expect(servo.sample(offset: 2e-6, raw: RawInstant(nanoseconds: 0)) == .unlocked)
    #expect(servo.frequency == 3e-6)
    #expect(servo.sample(offset: 2e-6, raw: second) == .locked)
    #expect((servo.frequency - 3e-6).magnitude < 1e-15)
  }

  /// A restart keeps the frequency that the clock needs and forgets the slew.
  @Test func restartKeepsTheFrequency() {
    var clock = clock(drift: 30e-6)
    for _ in 0..<100 { clock.turn() }
    clock.offset += 1e-6
    clock.turn()
    clock.servo.restart()
    #expect(clock.servo.state == .unlocked)
    #expect((clock.servo.frequency + 30e-6).magnitude < 1e-6)
  }
}
