// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import GNSS

@Suite struct DelayLearnerTests {
  @Test func theMedianOfWhatCame() {
    var random = SeededGenerator(seed: 3)
    var learner = DelayLearner()
    var firsts: [Int] = []
    for count in 1...DelayLearner.capacity {
      // One in five is late for another reason.
      let late: Int64 = count % 5 == 0 ? 400_000_000 : 120_000_000 + .random(in: -500_000...500_000, using: &random)
      if learner.take(TimeInterval(nanoseconds: late), bound: 7_000) { firsts.append(count) }
      #expect((learner.delay == nil) == (count < DelayLearner.least))
    }
    #expect(firsts == [DelayLearner.least])
    let error = (learner.delay ?? .zero) - .milliseconds(120)
    #expect(error.magnitude < .microseconds(500), "\(error)")
    #expect(learner.uncertainty >= 7_000 && learner.uncertainty < 1_000_000)
  }

  @Test func itMovesSlowlyOnceItIsKnown() {
    var learner = DelayLearner()
    for _ in 0..<DelayLearner.capacity { _ = learner.take(.milliseconds(100), bound: 0) }
    let half = DelayLearner.capacity / 2 * DelayLearner.seldom
    for _ in 0..<half - DelayLearner.seldom { _ = learner.take(.milliseconds(300), bound: 0) }
    #expect(learner.delay == .milliseconds(100))
    for _ in 0..<4 * DelayLearner.seldom { _ = learner.take(.milliseconds(300), bound: 0) }
    #expect(learner.delay == .milliseconds(300))
  }

  @Test func whatNoReceiverDoesIsNotTaken() {
    var learner = DelayLearner()
    for late in [TimeInterval.max, .min, .seconds(2), .seconds(-2), .seconds(100_000)] {
      for _ in 0..<100 {
        let isKnown = learner.take(late, bound: .max)
        #expect(!isKnown)
      }
    }
    #expect(learner.delay == nil)
  }
}
