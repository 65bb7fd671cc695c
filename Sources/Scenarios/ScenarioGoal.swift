// SPDX-License-Identifier: Apache-2.0

import Simulation

/// What a scenario's result is held to. Where there is no figure of chrony (or no goal in the file), there is no such goal.
package enum ScenarioGoal: String, Sendable, CaseIterable {
  /// Median rms against chrony's, at most the file's `goal_ratio`; each seed's at most its `goal_rms_s`.
  case rms
  /// Worst seed's rms against chrony's, at most `worstSeedLimit`.
  case worstSeed = "worst seed"
  /// Not above chrony's.
  case p99
  case maximum = "max"
  case frequency
  /// At most `convergenceLimit` times chrony's.
  case within1Millisecond = "to 1 ms"
  case within100Microseconds = "to 100 us"
  /// At least `coverageLimit` of the seconds, on paths whose delay is the same both ways.
  case statisticalCoverage = "statistical bound"
  /// All seconds, in every scenario.
  case hardCoverage = "hard bound"
  /// Median statistical bound over the 99.9th percentile of the error, at most `tightnessLimit` on such paths.
  case tightness
  /// What the file expects of each run: events, what is followed while something is wrong, the greatest error.
  case expected

  package static let worstSeedLimit = 1.1
  package static let convergenceLimit = 1.5
  package static let coverageLimit = 0.999
  package static let tightnessLimit = 4.0
}

extension ScenarioResult {
  /// Whether it meets a goal; nil = the goal is not one of this scenario.
  package func meets(_ goal: ScenarioGoal) -> Bool? {
    let fixed = scenario.fixed
    switch goal {
    case .rms:
      if let limit = scenario.goalRMS, runs.contains(where: { $0.rms > limit }) { return false }
      return scenario.goalRatio.flatMap { goal in ratio.map { $0 <= goal } } ?? scenario.goalRMS.map { _ in true }
    case .worstSeed: return worstSeedRatio.map { $0 <= ScenarioGoal.worstSeedLimit }
    case .p99: return p99Ratio.map { $0 <= 1 }
    case .maximum: return maximumRatio.map { $0 <= 1 }
    case .frequency: return frequencyRatio.map { $0 <= 1 }
    case .within1Millisecond: return isInTime(median { $0.within1Millisecond }, fixed?.within1Millisecond)
    case .within100Microseconds: return isInTime(median { $0.within100Microseconds }, fixed?.within100Microseconds)
    // Where something is wrong with a source, or it is off for good, both are the hard bound's to tell.
    case .statisticalCoverage:
      let isJudged = scenario.isSymmetric && scenario.expectation == Expectation()
      return isJudged ? (statisticalCoverage ?? 0) >= ScenarioGoal.coverageLimit : nil
    case .hardCoverage: return hardCoverage.map { $0 == 1 } ?? staysUnknown
    case .tightness:
      let isJudged = scenario.isSymmetric && scenario.expectation == Expectation()
      return isJudged ? tightness <= ScenarioGoal.tightnessLimit : nil
    case .expected:
      return scenario.expectation == Expectation() ? nil : runs.allSatisfy { $0.meets(scenario.expectation) }
    }
  }

  package var missed: [ScenarioGoal] { ScenarioGoal.allCases.filter { meets($0) == false } }

  /// A clock that is never called synchronized has no bound: right where nothing can be known, wrong elsewhere.
  private var staysUnknown: Bool { scenario.expectation.followed == .unsynchronized }

  private func isInTime(_ time: Double?, _ reference: Double?) -> Bool? {
    reference.map { (time ?? .infinity) <= ScenarioGoal.convergenceLimit * $0 }
  }
}

extension Scenario {
  /// Whether the paths are as long one way as the other, apart from what comes and goes with each packet or with the hour: only
  /// then can anybody know the offset to better than half the delay.
  package var isSymmetric: Bool { sources.allSatisfy { $0.up.lasting == $0.down.lasting } }
}

extension PathModel {
  /// What stays: the constant delay, and changes of the route.
  fileprivate var lasting: DelayModel {
    var lasting = DelayModel(constant: delay.constant)
    for extra in delay.extras {
      if case .route = extra { lasting.extras.append(extra) }
    }
    return lasting
  }
}
