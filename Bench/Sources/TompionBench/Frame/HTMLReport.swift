// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A page that needs nothing but itself: the figures, the distributions as SVG, and where they were measured.
struct HTMLReport {
  var outcomes: [Outcome]
  var old: [String: Outcome]
  var environment: Environment

  var text: String {
    let rows = outcomes.map(row).joined(separator: "\n")
    let plots = outcomes.compactMap { outcome in
      outcome.distribution.map { "<h2>\(Self.escaped(outcome.name))</h2>\n" + Self.plot($0) }
    }.joined(separator: "\n")
    let facts = environment.facts.map { "<tr><th>\(Self.escaped($0.name))</th><td>\(Self.escaped($0.value))</td></tr>" }
      .joined(separator: "\n")
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Tompion: bench</title><style>
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #222 }
      table { border-collapse: collapse } th, td { text-align: left; padding: .2em .9em; border-bottom: 1px solid #ddd }
      td.n { text-align: right; font-variant-numeric: tabular-nums } .over { color: #b00020; font-weight: 600 } .skip { color: #777 }
      svg { width: 100%; height: auto }
      @media (prefers-color-scheme: dark) { body { background: #15181c; color: #ddd } th, td { border-color: #333 } }
      </style></head><body>
      <h1>Tompion: bench</h1>
      <p>Ratios are ours by the peer's, in interleaved rounds of one run; smaller is better, 1 is equal.</p>
      <table><tr><th>entry</th><th>value</th><th>peer</th><th>ratio</th><th>limit</th><th>before</th></tr>
      \(rows)
      </table>
      \(plots)
      <h2>Environment</h2>
      <table>\(facts)</table>
      </body></html>

      """
  }

  private func row(_ outcome: Outcome) -> String {
    let name = Self.escaped(outcome.name)
    if let skipped = outcome.skipped {
      return "<tr class=\"skip\"><td>\(name)</td><td colspan=\"5\">skipped: \(Self.escaped(skipped))</td></tr>"
    }
    let value = outcome.value.map { "\(Outcome.number($0)) \(Self.escaped(outcome.unit))" } ?? ""
    let peer = outcome.peer.map { "\(Self.escaped($0.name)) \(Outcome.number($0.value))" } ?? ""
    let ratio = outcome.peer.map { String(format: "%.3f", $0.ratio) } ?? ""
    let limit = outcome.limit.map(Outcome.number) ?? outcome.least.map { "\u{2265} \(Outcome.number($0))" } ?? ""
    let before = old[outcome.name]?.judged.map(Outcome.number) ?? ""
    let cells = [value, peer, ratio, limit, before].map { "<td class=\"n\">\($0)</td>" }.joined()
    return "<tr\(outcome.isOverLimit ? " class=\"over\"" : "")><td>\(name)</td>\(cells)</tr>"
  }

  /// The curve of quantiles as HdrHistogram draws it: the axis is the number of nines, the other the logarithm of time.
  static func plot(_ distribution: Distribution) -> String {
    let points = distribution.curve.filter { $0.percentile < 100 && $0.nanoseconds > 0 }
    guard let last = points.last, let first = points.first else { return "<p>nothing was recorded</p>" }
    let (width, height, left, bottom) = (760.0, 300.0, 70.0, 40.0)
    func nines(_ percentile: Double) -> Double { -log10(1 - percentile / 100) }
    let right = max(nines(last.percentile), 1)
    let low = log10(first.nanoseconds)
    let high = max(log10(distribution.maximum), low + 0.1)
    func x(_ percentile: Double) -> Double { left + (width - left) * nines(percentile) / right }
    func y(_ value: Double) -> Double { (height - bottom) * (1 - (log10(max(value, 1)) - low) / (high - low)) }
    let line = points.map { String(format: "%.1f,%.1f", x($0.percentile), y($0.nanoseconds)) }.joined(separator: " ")
    var marks = ""
    for percentile in [0, 90, 99, 99.9, 99.99, 99.999] where nines(percentile) <= right {
      let place = String(format: "%.1f", x(percentile))
      marks += "<line x1=\"\(place)\" x2=\"\(place)\" y1=\"0\" y2=\"\(height - bottom)\" stroke=\"#8884\"/>"
      marks +=
        "<text x=\"\(place)\" y=\"\(height - bottom + 18)\" font-size=\"12\" fill=\"currentColor\">\(Outcome.number(percentile)) %</text>"
    }
    for exponent in Int(low.rounded(.down))...Int(high.rounded(.up)) {
      let value = pow(10, Double(exponent))
      guard log10(value) >= low, log10(value) <= high else { continue }
      let place = String(format: "%.1f", y(value))
      marks += "<line x1=\"\(left)\" x2=\"\(width)\" y1=\"\(place)\" y2=\"\(place)\" stroke=\"#8884\"/>"
      marks +=
        "<text x=\"0\" y=\"\(place)\" font-size=\"12\" fill=\"currentColor\">\(TextReport.duration(value))</text>"
    }
    let quantiles = [50, 99, 99.9].map { "p\(Outcome.number($0)) \(TextReport.duration(distribution.quantile($0)))" }
    return """
      <svg viewBox="0 0 \(width) \(height)" role="img" aria-label="quantiles">\(marks)
      <polyline fill="none" stroke="#1668c4" stroke-width="2" points="\(line)"/></svg>
      <p>\(quantiles.joined(separator: ", ")), max \(TextReport.duration(distribution.maximum)), n \(distribution.count)</p>
      """
  }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}
