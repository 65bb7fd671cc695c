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
  @Test func calmRaisesUnrestLowers() {
    var control = PollControl(minimum: 4, maximum: 6)
    var updates = 0
    while control.poll < 6 && updates < 1000 {
      _ = control.update(residual: 1, jitter: 1)
      updates += 1
    }
    #expect(control.poll == 6)
    // 30 counts at 4 and 5 a sample.
    #expect(updates == 14)
    for _ in 0..<100 { _ = control.update(residual: 0, jitter: 1) }
    #expect(control.poll == 6)
    updates = 0
    while control.poll > 4 && updates < 1000 {
      _ = control.update(residual: 4.1, jitter: 1)
      updates += 1
    }
    #expect(control.poll == 4)
    #expect(updates < 14)
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

  /// At a second and less the counter moves too.
  @Test func countsAtShortIntervals() {
    var control = PollControl(minimum: -2, maximum: 1)
    for _ in 0..<60 { _ = control.update(residual: 0, jitter: 1) }
    #expect(control.poll == 1)
  }
}
