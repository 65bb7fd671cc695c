// SPDX-License-Identifier: Apache-2.0

package import Report

/// One scenario over several seeds: medians of the runs, and what they are against chrony and the goal.
package struct ScenarioResult: Sendable {
  package let scenario: Scenario
  package let runs: [RunMetrics]
  package let parametersDigest: String

  package init(scenario: Scenario, runs: [RunMetrics], parametersDigest: String) {
    self.scenario = scenario
    self.runs = runs
    self.parametersDigest = parametersDigest
  }

  package func median(_ figure: (RunMetrics) -> Double) -> Double {
    RunMetrics.percentile(runs.map(figure).sorted(), 0.5)
  }

  /// nil where half the runs or more never got there.
  package func median(_ figure: (RunMetrics) -> Double?) -> Double? {
    let times = median { figure($0) ?? .infinity }
    return times.isFinite ? times : nil
  }

  package var ratio: Double? { scenario.fixed.map { median(\.rms) / $0.rms } }

  package var worstSeedRatio: Double? {
    guard let fixed = scenario.fixed, let worst = runs.map(\.rms).max() else { return nil }
    return worst / fixed.rms
  }

  package var p99Ratio: Double? { scenario.fixed.map { median(\.p99) / $0.p99 } }
  package var maximumRatio: Double? { scenario.fixed.map { median(\.maximum) / $0.maximum } }
  package var frequencyRatio: Double? { scenario.fixed.map { median(\.frequencyRMS) / $0.frequencyRMS } }
  /// Median statistical bound over the 99.9th percentile of the error.
  package var tightness: Double { median(\.tightness) }

  private func coverage(_ held: (RunMetrics) -> Int) -> Double? {
    let judged = runs.reduce(0) { $0 + $1.judged }
    return judged > 0 ? Double(runs.reduce(0) { $0 + held($1) }) / Double(judged) : nil
  }

  package var statisticalCoverage: Double? { coverage(\.statisticalHeld) }
  package var hardCoverage: Double? { coverage(\.hardHeld) }

  package var json: JSONValue {
    func real(_ number: Double?) -> JSONValue { number.map { .real($0) } ?? .null }
    return .object(
      [
        JSONMember("scenario", .string(scenario.name)),
        JSONMember("seeds", .integer(Int64(runs.count))),
        JSONMember("rms_s", .real(median(\.rms))),
        JSONMember("p99_s", .real(median(\.p99))),
        JSONMember("max_s", .real(median(\.maximum))),
        JSONMember("freq_rms", .real(median(\.frequencyRMS))),
        JSONMember("within_1ms_s", real(median { $0.within1Millisecond })),
        JSONMember("within_100us_s", real(median { $0.within100Microseconds })),
        JSONMember("ratio", real(ratio)),
        JSONMember("worst_seed_ratio", real(worstSeedRatio)),
        JSONMember("goal_ratio", real(scenario.goalRatio)),
        JSONMember("statistical_coverage", real(statisticalCoverage)),
        JSONMember("hard_coverage", real(hardCoverage)),
        JSONMember("parameters_digest", .string(parametersDigest)),
        JSONMember("p99_ratio", real(p99Ratio)),
        JSONMember("max_ratio", real(maximumRatio)),
        JSONMember("freq_ratio", real(frequencyRatio)),
        JSONMember("tightness", real(tightness)),
        JSONMember("samples", .real(median { Double($0.samples) })),
      ] + (scenario.expectation == Expectation() ? [] : expected) + judged)
  }

  /// What was missed, where a scenario has a goal that is not the given ones'.
  private var judged: [JSONMember] {
    scenario.goalRMS == nil && scenario.expectation == Expectation()
      ? [] : [JSONMember("missed", .array(missed.map { .string($0.rawValue) }))]
  }

  /// What a scenario that expects something is judged by, beside the figures.
  private var expected: [JSONMember] {
    [
      JSONMember("greatest_error_s", .real(runs.map(\.maximum).max() ?? .nan)),
      JSONMember("greatest_bound_s", .real(runs.map(\.greatestBound).max() ?? .nan)),
      JSONMember("least_bound_s", .real(runs.map(\.leastBound).min() ?? .nan)),
      JSONMember("clients_held", .boolean(runs.allSatisfy(\.clientsHeld))),
      JSONMember("greatest_spread_s", .real(runs.map(\.greatestSpread).max() ?? .nan)),
      JSONMember("provider_events", counts(runs.map(\.providerEvents)) { "\($0)" }),
      JSONMember("engine_events", counts(runs.map(\.engineEvents)) { $0 }),
      JSONMember("followed_in_fault", counts(runs.map(\.followedInFault)) { $0.rawValue }),
    ]
  }

  /// Sums over the runs, by name.
  private func counts<Key: Hashable>(_ counts: [[Key: Int]], _ name: (Key) -> String) -> JSONValue {
    var sums: [String: Int] = [:]
    for run in counts { for (key, count) in run { sums[name(key), default: 0] += count } }
    return .object(sums.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer(Int64($0.value))) })
  }
}
