// SPDX-License-Identifier: Apache-2.0

import Report

/// Results as one HTML page that needs nothing else: no script, no other file, no network.
package struct ResultPage: Sendable {
  private var results: [ScenarioResult] = []
  private var sections = ""

  package init() {}

  /// Adds a scenario with the plots of one of its runs.
  package mutating func add(_ result: ScenarioResult, plotted record: RunRecord, seed: UInt64) {
    results.append(result)
    let scenario = result.scenario
    sections += "<section id=\"\(markup(scenario.name))\"><h2>\(markup(scenario.name))</h2>\n"
    sections += "<p>\(markup(scenario.note))</p>\n"
    let peers = [
      ("chrony, same poll interval", scenario.fixed), ("chrony's defaults", scenario.defaults),
      ("chrony, the best of its hand-tuned variants", scenario.tuned),
    ].compactMap { name, figures in figures.map { (name, $0) } }
    sections += Self.figures(result, peers)
    let missed = result.missed.map(\.rawValue)
    if !missed.isEmpty { sections += "<p class=\"missed\">Missed: \(markup(missed.joined(separator: ", "))).</p>\n" }
    sections += "<p>Plots of seed \(seed): \(record.samples) samples, \(record.steps) steps.</p>\n"
    for plot in RunPlots(record, of: scenario).all { sections += "<figure>\(plot.svg)</figure>\n" }
    sections += "</section>\n"
  }

  package var html: String {
    let digests = Set(results.map(\.parametersDigest)).sorted().joined(separator: ", ")
    var body = "<h1>Tompion \(TompionVersion.text) in simulation</h1>\n"
    body += "<p>\(markup(ResultTable.summary(results)))</p>\n"
    body += "<p>Medians over the seeds; in brackets what it is of chrony's figure at the same poll interval. "
    body += "Engine parameters \(markup(digests)).</p>\n<table><tr>"
    for title in ResultTable.titles { body += "<th>\(markup(title))</th>" }
    body += "</tr>\n"
    for result in results { body += Self.row(ResultTable.cells(result), isLinked: true) }
    return Self.page(title: "Tompion in simulation", body: body + "</table>\n" + sections)
  }

  private static func row(_ cells: [ResultTable.Cell], isLinked: Bool = false) -> String {
    var out = "<tr>"
    for (index, cell) in cells.enumerated() {
      let text = markup(cell.text) + (cell.isMissed ? ResultTable.mark : "")
      let shown = isLinked && index == 0 ? "<a href=\"#\(markup(cell.text))\">\(text)</a>" : text
      out += cell.isMissed ? "<td class=\"missed\">\(shown)</td>" : "<td>\(shown)</td>"
    }
    return out + "</tr>\n"
  }

  /// Ours above chrony's.
  private static func figures(_ result: ScenarioResult, _ peers: [(String, ReferenceResult)]) -> String {
    func time(_ value: Double?) -> String { value.map { ResultTable.decimals($0, 0) + " s" } ?? "–" }
    func row(_ name: String, _ values: [Double], _ times: [Double?]) -> String {
      var cells = [name]
      for (index, value) in values.enumerated() { cells.append(ResultTable.scaled(value, index < 3 ? "s" : "")) }
      return Self.row((cells + times.map(time)).map { ResultTable.Cell(text: $0) })
    }
    var out = "<table><tr><th></th><th>rms</th><th>p99</th><th>max</th><th>frequency</th>"
    out += "<th>to 1 ms</th><th>to 100 µs</th></tr>\n"
    out += row(
      "Tompion, median of \(result.runs.count)",
      [result.median(\.rms), result.median(\.p99), result.median(\.maximum), result.median(\.frequencyRMS)],
      [result.median { $0.within1Millisecond }, result.median { $0.within100Microseconds }])
    for (name, peer) in peers {
      out += row(
        name, [peer.rms, peer.p99, peer.maximum, peer.frequencyRMS],
        [peer.within1Millisecond, peer.within100Microseconds])
    }
    return out + "</table>\n"
  }

  /// A whole page around `body`, with the plots' style.
  package static func page(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(markup(title))</title>
    <meta name="viewport" content="width=device-width">
    <style>\(style)</style></head><body>
    \(body)</body></html>

    """
  }

  private static let style = """
    :root{color-scheme:light dark;--ink:#222;--paper:#fff;--line:#ccc;--error:#1560bd;--stat:#e08a00;--hard:#9aa7b4;--bad:#c00}
    @media(prefers-color-scheme:dark){:root{--ink:#ddd;--paper:#16191d;--line:#444;--error:#6ab0ff;--stat:#ffb547;--hard:#71808f;--bad:#ff6b6b}}
    body{font:14px/1.4 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1100px;margin:1em auto;padding:0 1em}
    table{border-collapse:collapse;margin:1em 0;font-variant-numeric:tabular-nums}td,th{padding:1px 7px;text-align:right;white-space:nowrap}
    td:first-child,th:first-child{text-align:left}tr{border-bottom:1px solid var(--line)}a{color:inherit}.missed{color:var(--bad)}
    figure{margin:.5em 0}svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:var(--ink)}svg text.title{font-weight:600}
    .grid path{stroke:var(--line);stroke-width:.5}text.value{text-anchor:end;dominant-baseline:middle}text.time{text-anchor:middle}
    text.mark{text-anchor:end;opacity:.7}text.moment{opacity:.7}.level{stroke:var(--ink);stroke-dasharray:4 3;stroke-width:.7;opacity:.6;fill:none}
    .curve{stroke-width:1;stroke-linejoin:round;stroke-linecap:round}.samples{stroke:var(--ink);fill:var(--ink);opacity:.45;stroke-width:1.5}pre{overflow-x:auto}.error,.frequency,.estimate{stroke:var(--error);fill:var(--error);fill-opacity:.8}
    .curve.statistical{stroke:var(--stat);fill:var(--stat);fill-opacity:.7}.curve.hard{stroke:var(--hard);fill:var(--hard);fill-opacity:.7}
    .alarm{stroke-width:2;fill:none}.alarm.statistical{stroke:var(--stat)}.alarm.hard{stroke:var(--bad)}.alarm.unsynchronized{stroke:var(--hard)}
    """
}
