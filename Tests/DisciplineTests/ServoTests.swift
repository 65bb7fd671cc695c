// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Discipline

@Suite struct ServoTests {
  /// Without an offset the clock runs at the reference's frequency.
  @Test func feedsForward() {
    var servo = Servo()
    let frequency = servo.steer(reference: .partsPerMillion(12), error: 0, deviation: 1e-6, pollInterval: 16)
    #expect(frequency == .partsPerMillion(12))
    #expect(servo.slew == 0)
  }

  /// An offset within three deviations dies with half the poll interval; a real one quickly, and never above the limit.
  @Test func timeConstant() {
    let servo = Servo()
    #expect(servo.timeConstant(error: 2e-6, deviation: 1e-6, pollInterval: 64) == 32)
    #expect(servo.timeConstant(error: 2e-6, deviation: 1e-6, pollInterval: 1) == servo.minimumTimeConstant)
    #expect(servo.timeConstant(error: 2e-6, deviation: 1e-6, pollInterval: 1024) == servo.maximumTimeConstant)
    #expect((servo.timeConstant(error: -6e-6, deviation: 1e-6, pollInterval: 64) - 16).magnitude < 1e-9)
    #expect(servo.timeConstant(error: 0.1, deviation: 1e-6, pollInterval: 64) == servo.fastTimeConstant)
    #expect(servo.timeConstant(error: 0.1, deviation: 0, pollInterval: 64) == servo.fastTimeConstant)
  }

  @Test func limits() {
    var servo = Servo(maximumSlewRate: 0.001)
    #expect(servo.steer(reference: .zero, error: 10, deviation: 0, pollInterval: 1).ratio == 0.001)
    #expect(servo.steer(reference: .zero, error: -10, deviation: 0, pollInterval: 1).ratio == -0.001)
    #expect(
      servo.steer(reference: .partsPerMillion(9000), error: 0, deviation: 0, pollInterval: 1) == .partsPerMillion(500))
    var fast = Servo(maximumSlewRate: 0.2)
    #expect(fast.steer(reference: .zero, error: 10, deviation: 0, pollInterval: 1).ratio == 0.1)
  }

  /// What the kernel rounds away comes back with the next setting, so that none is lost on the whole.
  @Test func carriesTheRounding() {
    var servo = Servo()
    let resolution = 1e-6 / 65536
    let wanted = 0.3 * resolution
    var sum = 0.0
    for _ in 0..<1000 {
      let asked = servo.steer(reference: Frequency(ratio: wanted), error: 0, deviation: 1, pollInterval: 1)
      let applied = (asked.ratio / resolution).rounded() * resolution
      servo.applied(Frequency(ratio: applied))
      sum += applied
    }
    #expect((sum / 1000 - wanted).magnitude < 0.01 * resolution)
  }

  /// A clock that cannot go so fast winds nothing up.
  @Test func doesNotWindUp() {
    var servo = Servo()
    _ = servo.steer(reference: .zero, error: 1, deviation: 0, pollInterval: 1)
    servo.applied(.partsPerMillion(500))
    #expect(servo.remainder == 0)
  }

  /// In a closed loop with ticks between 0.2 and 1.5 s the offset only shrinks, and is gone soon.
  @Test(arguments: [0.2, 1.0, 1.5])
  func converges(tick: Double) {
    var servo = Servo()
    var error = 0.25
    var time = 0.0
    while time < 12 {
      let frequency = servo.steer(reference: .partsPerMillion(20), error: error, deviation: 5e-6, pollInterval: 1)
      let next = error + (20e-6 - frequency.ratio) * tick
      #expect(next.magnitude <= error.magnitude + 1e-12)
      error = next
      time += tick
    }
    #expect(error.magnitude < 50e-6)
  }
}
