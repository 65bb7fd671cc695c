// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Discipline

@Suite struct SanityGateTests {
  @Test func strictlyGreaterRefuses() {
    let gate = SanityGate(maximumPositive: .seconds(10), maximumNegative: .seconds(3))
    #expect(!gate.refuses(10))
    #expect(gate.refuses(10.000001))
    #expect(!gate.refuses(-3))
    #expect(gate.refuses(-3.000001))
    #expect(gate.limit(for: 1) == 10)
    #expect(gate.limit(for: -1) == 3)
  }

  @Test func defaultsAreTwoDays() {
    #expect(!SanityGate().refuses(2 * 86_400))
    #expect(SanityGate().refuses(2 * 86_400 + 1))
    #expect(SanityGate().refuses(-2 * 86_400 - 1))
    #expect(!SanityGate(maximumPositive: .noLimit, maximumNegative: .noLimit).refuses(1e12))
  }
}

@Suite struct StepPolicyTests {
  @Test func slewsUpToTheLimit() {
    let policy = StepPolicy(maximumForward: .seconds(1), maximumBackward: .seconds(2))
    #expect(policy.correction(for: 1, hasSynchronized: false, isForced: false) == .slew)
    #expect(policy.correction(for: 1.0001, hasSynchronized: false, isForced: false) == .step)
    #expect(policy.correction(for: -1.5, hasSynchronized: false, isForced: false) == .slew)
    #expect(policy.correction(for: -2.0001, hasSynchronized: false, isForced: false) == .step)
  }

  @Test func neverBackwardAfterTheFirst() {
    let policy = StepPolicy(neverStepBackward: true)
    #expect(policy.correction(for: -5, hasSynchronized: false, isForced: false) == .step)
    #expect(policy.correction(for: -5, hasSynchronized: true, isForced: false) == .slew)
    #expect(policy.correction(for: 5, hasSynchronized: true, isForced: false) == .step)
    #expect(policy.correction(for: -5, hasSynchronized: true, isForced: true) == .step)
  }
}

@Suite struct PollControlTests {
  /// The variances of a filter that settled on a clock of random-walk frequency: P_xx = √2·r²·√λ, P_yy = λ·P_xx/T².
  static func settledPoll(wander: Double, noise: Double, from minimum: Int8, to maximum: Int8) -> Int8 {
    var control = PollControl(minimum: minimum, maximum: maximum)
    for _ in 0..<400 {
      let interval = Double(sign: .plus, exponent: Int(control.poll), significand: 1)
      let lambda = wander * interval * interval.squareRoot() / noise
      let offset = 2.0.squareRoot() * noise * noise * lambda.squareRoot()
      _ = control.update(offsetVariance: offset, frequencyVariance: lambda * offset / (interval * interval))
    }
    return control.poll
  }

  /// Noisier paths are polled less often, restless oscillators more often; λ = 0.2 is at 137 s, 2700 s, 54 s and 2 s.
  @Test(arguments: [(1e-9, 8e-6, 7), (1e-9, 7e-4, 10), (1e-8, 2e-5, 6), (1e-9, 2e-8, 4)])
  func findsTheBalance(_ clock: (wander: Double, noise: Double, poll: Int)) {
    let poll = Int(Self.settledPoll(wander: clock.wander, noise: clock.noise, from: 4, to: 10))
    #expect((poll - clock.poll).magnitude <= (clock.poll == 4 || clock.poll == 10 ? 0 : 1), "\(poll)")
  }

  @Test func goesBackSoonerThanUp() {
    var control = PollControl(minimum: 4, maximum: 10)
    var raised = 0
    while control.poll < 6 && raised < 100 {
      _ = control.update(offsetVariance: 1, frequencyVariance: 1e-9)
      raised += 1
    }
    #expect(raised == 2 * PollControl.settled)
    var lowered = 0
    while control.poll > 4 && lowered < 100 {
      _ = control.update(offsetVariance: 1, frequencyVariance: 1)
      lowered += 1
    }
    #expect(lowered == 2 * PollControl.alarmed)
  }

  @Test(arguments: [(0.0, 1.0), (-1, 1), (.nan, 1), (1, .nan), (.infinity, 1), (1, -1)])
  func whatIsNoNumberChangesNothing(_ variances: (Double, Double)) {
    var control = PollControl(minimum: 4, maximum: 10)
    for _ in 0..<40 {
      let isChange = control.update(offsetVariance: variances.0, frequencyVariance: variances.1)
      #expect(!isChange)
    }
  }

  @Test func staysInsideItsBounds() {
    var control = PollControl(minimum: 6, maximum: 3)
    #expect(control.maximum == 6)
    control.bound(minimum: 8, maximum: 10)
    #expect(control.poll == 8)
    control.bound(minimum: 2, maximum: 5)
    #expect(control.poll == 5)
    let isChange = control.restart()
    #expect(isChange)
    #expect(control.poll == 2)
    let isAgain = control.restart()
    #expect(!isAgain)
  }
}
