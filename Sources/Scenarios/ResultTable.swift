// SPDX-License-Identifier: Apache-2.0

package import Report

/// Results as a table for people: a line a scenario, with the ratio to chrony's figure (same poll interval) in brackets and a mark
/// where a goal is missed.
package enum ResultTable {
  /// One figure, and whether it misses its goal.
  package struct Cell: Sendable, Equatable {
    package var text: String
    package var isMissed = false
  }

  package static let titles = [
    "scenario", "rms", "p99", "max", "frequency", "to 1 ms", "to 100 us", "goal", "worst", "stat. %", "hard %", "tight",
    "missed",
  ]
  private static let widths = [25, 16, 16, 16, 16, 14, 14, 6, 7, 10, 10, 7, 8]

  /// Behind a figure that misses its goal, so that a pipe and eyes without colours see it, too.
  package static let mark = "!"

  package static func header(_ style: TextStyle) -> String {
    style.paint(line(titles.map { Cell(text: $0) }, .plain), .bold)
  }

  package static func line(_ result: ScenarioResult, _ style: TextStyle) -> String { line(cells(result), style) }

  /// The cells of a scenario's line, in the order of `titles`.
  package static func cells(_ result: ScenarioResult) -> [Cell] {
    let fixed = result.scenario.fixed
    let missed = result.missed
    func cell(_ text: String, _ goal: ScenarioGoal) -> Cell { Cell(text: text, isMissed: missed.contains(goal)) }
    let goals = ScenarioGoal.allCases.count { result.meets($0) != nil }
    return [
      Cell(text: result.scenario.name),
      cell(figure(result.median(\.rms), "s", against: fixed?.rms), .rms),
      cell(figure(result.median(\.p99), "s", against: fixed?.p99), .p99),
      cell(figure(result.median(\.maximum), "s", against: fixed?.maximum), .maximum),
      cell(figure(result.median(\.frequencyRMS), "", against: fixed?.frequencyRMS), .frequency),
      cell(time(result.median { $0.within1Millisecond }, against: fixed?.within1Millisecond), .within1Millisecond),
      cell(
        time(result.median { $0.within100Microseconds }, against: fixed?.within100Microseconds),
        .within100Microseconds),
      Cell(text: result.scenario.goalRatio.map { decimals($0, 2) } ?? "-"),
      cell(result.worstSeedRatio.map { decimals($0, 2) } ?? "-", .worstSeed),
      cell(share(result.statisticalCoverage), .statisticalCoverage),
      cell(share(result.hardCoverage), .hardCoverage),
      cell(decimals(result.tightness, 1), .tightness),
      Cell(text: "\(missed.count) of \(goals)"),
    ]
  }

  /// The line below the table: how many scenarios meet all their goals, and which goals the others miss.
  package static func summary(_ results: [ScenarioResult]) -> String {
    let perfect = results.count { $0.missed.isEmpty }
    var text =
      "\(perfect) of \(results.count) \(results.count == 1 ? "scenario meets its" : "scenarios meet their") goals."
    let counts = ScenarioGoal.allCases.compactMap { goal -> String? in
      let count = results.count { $0.meets(goal) == false }
      return count > 0 ? "\(goal.rawValue) \(count)" : nil
    }
    if !counts.isEmpty { text += " Missed (\(mark)): \(counts.joined(separator: ", "))." }
    return text
  }

  private static func line(_ cells: [Cell], _ style: TextStyle) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let shown = cell.isMissed ? cell.text + mark : cell.text
      let padding = String(repeating: " ", count: max(1, widths[index] - shown.unicodeScalars.count))
      let painted = style.paint(shown, cell.isMissed ? .red : nil)
      text += index == 0 ? painted + padding : padding + painted
    }
    return text
  }

  private static func figure(_ value: Double, _ unit: String, against reference: Double?) -> String {
    let text = scaled(value, unit)
    return reference.map { "\(text) (\(decimals(value / $0, 2)))" } ?? text
  }

  private static func time(_ value: Double?, against reference: Double?) -> String {
    guard let value else { return "never" }
    return reference.map { "\(decimals(value, 0)) (\(decimals(value / $0, 2)))" } ?? decimals(value, 0)
  }

  /// Per cent, rounded down: only what is whole is called 100.
  static func share(_ value: Double?) -> String {
    value.map { decimals(($0 * 100_000).rounded(.down) / 1000, 3) } ?? "-"
  }

  /// Three digits with a prefix of SI; of pure numbers, ppm and ppb.
  package static func scaled(_ value: Double, _ unit: String) -> String {
    guard value.isFinite else { return "-" }
    let steps: [(Double, String)] =
      unit.isEmpty
      ? [(1e-6, "ppm"), (1e-9, "ppb"), (1e-12, "ppt")]
      : [(1, unit), (1e-3, "m" + unit), (1e-6, "u" + unit), (1e-9, "n" + unit)]
    let step = steps.first { value.magnitude >= $0.0 } ?? steps[steps.count - 1]
    let shown = value / step.0
    return "\(decimals(shown, shown.magnitude < 10 ? 2 : shown.magnitude < 100 ? 1 : 0)) \(step.1)"
  }

  /// Rounded to so many digits after the point.
  package static func decimals(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "-" }
    let factor = [1.0, 10, 100, 1000][min(max(digits, 0), 3)]
    let whole = Int64((value.magnitude * factor).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let fraction = String(whole % Int64(factor))
    return "\(sign)\(whole / Int64(factor))." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  }
}
