// SPDX-License-Identifier: Apache-2.0

/// Results as a table for people: a line a scenario, with the ratio to chrony's figure (same poll interval) in brackets.
package enum ResultTable {
  private static let widths = [24, 16, 16, 16, 16, 14, 14, 6, 6, 6, 8, 8, 6]
  private static let titles = [
    "scenario", "rms", "p99", "max", "frequency", "to 1 ms", "to 100 us", "goal", "worst", "held", "stat.", "hard",
    "tight",
  ]

  package static var header: String { line(titles) }

  package static func line(_ result: ScenarioResult) -> String {
    let fixed = result.scenario.fixed
    let isHeld = result.ratio.flatMap { ratio in result.scenario.goalRatio.map { ratio <= $0 } }
    return line([
      result.scenario.name,
      figure(result.median(\.rms), "s", against: fixed?.rms),
      figure(result.median(\.p99), "s", against: fixed?.p99),
      figure(result.median(\.maximum), "s", against: fixed?.maximum),
      figure(result.median(\.frequencyRMS), "", against: fixed?.frequencyRMS),
      time(result.median { $0.within1Millisecond }, against: fixed?.within1Millisecond),
      time(result.median { $0.within100Microseconds }, against: fixed?.within100Microseconds),
      result.scenario.goalRatio.map { decimals($0, 2) } ?? "-",
      result.worstSeedRatio.map { decimals($0, 2) } ?? "-",
      isHeld.map { $0 ? "yes" : "NO" } ?? "-",
      result.statisticalCoverage.map { decimals($0 * 100, 3) } ?? "-",
      result.hardCoverage.map { decimals($0 * 100, 3) } ?? "-",
      decimals(result.median(\.tightness), 1),
    ])
  }

  private static func line(_ cells: [String]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(1, widths[index] - cell.unicodeScalars.count))
      text += index == 0 ? cell + padding : padding + cell
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

  /// Three digits with a prefix of SI; of pure numbers, ppm and ppb.
  static func scaled(_ value: Double, _ unit: String) -> String {
    guard value.isFinite else { return "-" }
    let steps: [(Double, String)] =
      unit.isEmpty
      ? [(1e-6, "ppm"), (1e-9, "ppb"), (1e-12, "ppt")]
      : [(1, unit), (1e-3, "m" + unit), (1e-6, "u" + unit), (1e-9, "n" + unit)]
    let step = steps.first { value.magnitude >= $0.0 } ?? steps[steps.count - 1]
    let shown = value / step.0
    return "\(decimals(shown, shown < 10 ? 2 : shown < 100 ? 1 : 0)) \(step.1)"
  }

  /// Rounded to so many digits after the point.
  static func decimals(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "-" }
    let factor = [1.0, 10, 100, 1000][min(max(digits, 0), 3)]
    let whole = Int64((value.magnitude * factor).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let fraction = String(whole % Int64(factor))
    return "\(sign)\(whole / Int64(factor))." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  }
}
