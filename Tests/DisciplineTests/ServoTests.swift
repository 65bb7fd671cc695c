// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Discipline

@Suite struct ServoTests {
  /// Without an offset the clock runs at the reference's frequency.
  @Test func feedsForward() {
    var servo = Servo()
    let frequency = servo.steer(
      reference: .partsPerMillion(12), error: 0,
      knowledge: Servo.Knowledge(deviation: 1e-6, agitation: 0, pollInterval: 16))
    #expect(frequency == .partsPerMillion(12))
    #expect(servo.slew == 0)
  }

  static func knowing(_ deviation: Double, _ poll: Double, agitation: Double = 0, gap: Double = 1) -> Servo.Knowledge {
    Servo.Knowledge(deviation: deviation, agitation: agitation, pollInterval: poll, tickGap: gap)
  }

  /// An offset within three deviations dies with the poll interval; a real one by the next tick.
  @Test func timeConstant() {
    let servo = Servo()
    #expect(servo.timeConstant(error: 2e-6, Self.knowing(1e-6, 64)) == 64)
    #expect(servo.timeConstant(error: 2e-6, Self.knowing(1e-6, 0.25)) == 1)
    #expect(servo.timeConstant(error: 2e-6, Self.knowing(1e-6, 1024)) == 256)
    #expect((servo.timeConstant(error: -6e-6, Self.knowing(1e-6, 64)) - 32).magnitude < 1e-9)
    #expect(servo.timeConstant(error: 0.1, Self.knowing(1e-6, 64)) == 1)
    #expect(servo.timeConstant(error: 0.1, Self.knowing(0, 64, gap: 0.25)) == 0.25)
    #expect(servo.timeConstant(error: 0.1, Self.knowing(0, 64, gap: 0.01)) == 0.25)
  }

  /// Where samples hardly move the estimate there is time: lag may cost a small share of the variance.
  @Test func patience() {
    let servo = Servo()
    let calm = servo.timeConstant(error: 0, Self.knowing(1e-5, 16, agitation: 1e-13))
    #expect(calm > 64)
    #expect(servo.timeConstant(error: 0, Self.knowing(1e-5, 16, agitation: 1e-11)) == 16)
    #expect(Servo(smoothness: 2).timeConstant(error: 0, Self.knowing(1e-5, 16, agitation: 1e-11)) == 32)
    let new = Servo.Knowledge(deviation: 1e-5, agitation: 1e-13, pollInterval: 64, isStarting: true)
    #expect(servo.timeConstant(error: 0, new) == 4)
  }

  /// Ticks come faster only while an offset beyond the noise is on its way out.
  @Test func correcting() {
    var servo = Servo()
    _ = servo.steer(reference: .zero, error: 0.01, knowledge: Self.knowing(1e-6, 16))
    #expect(servo.isCorrecting)
    _ = servo.steer(reference: .zero, error: 2e-6, knowledge: Self.knowing(1e-6, 16))
    #expect(!servo.isCorrecting)
  }

  @Test func limits() {
    var servo = Servo(maximumSlewRate: 0.001)
    #expect(
      servo.steer(reference: .zero, error: 10, knowledge: Servo.Knowledge(deviation: 0, agitation: 0, pollInterval: 1))
        .ratio == 0.001)
    #expect(
      servo.steer(reference: .zero, error: -10, knowledge: Servo.Knowledge(deviation: 0, agitation: 0, pollInterval: 1))
        .ratio == -0.001)
    #expect(
      servo.steer(
        reference: .partsPerMillion(9000), error: 0,
        knowledge: Servo.Knowledge(deviation: 0, agitation: 0, pollInterval: 1)) == .partsPerMillion(500))
    var fast = Servo(maximumSlewRate: 0.2)
    #expect(
      fast.steer(reference: .zero, error: 10, knowledge: Servo.Knowledge(deviation: 0, agitation: 0, pollInterval: 1))
        .ratio == 0.1)
  }

  /// What the kernel rounds away comes back with the next setting, so that none is lost on the whole.
  @Test func carriesTheRounding() {
    var servo = Servo()
    let resolution = 1e-6 / 65536
    let wanted = 0.3 * resolution
    var sum = 0.0
    for _ in 0..<1000 {
      let asked = servo.steer(
        reference: Frequency(ratio: wanted), error: 0,
        knowledge: Servo.Knowledge(deviation: 1, agitation: 0, pollInterval: 1))
      let applied = (asked.ratio / resolution).rounded() * resolution
      servo.applied(Frequency(ratio: applied))
      sum += applied
    }
    #expect((sum / 1000 - wanted).magnitude < 0.01 * resolution)
  }

  /// A clock that cannot go so fast winds nothing up.
  @Test func doesNotWindUp() {
    var servo = Servo()
    _ = servo.steer(reference: .zero, error: 1, knowledge: Servo.Knowledge(deviation: 0, agitation: 0, pollInterval: 1))
    servo.applied(.partsPerMillion(500))
    #expect(servo.remainder == 0)
  }

  /// In a closed loop with ticks of 0.25 to 1.5 s the offset only shrinks, and is gone soon.
  @Test(arguments: [0.25, 1.0, 1.5])
  func converges(tick: Double) {
    var servo = Servo()
    var error = 0.25
    var time = 0.0
    while time < 12 {
      let frequency = servo.steer(
        reference: .partsPerMillion(20), error: error, knowledge: Self.knowing(5e-6, 1, gap: tick))
      let next = error + (20e-6 - frequency.ratio) * tick
      #expect(next.magnitude <= error.magnitude + 1e-12)
      error = next
      time += tick
    }
    #expect(error.magnitude < 50e-6)
  }
}
