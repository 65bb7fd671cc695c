// SPDX-License-Identifier: Apache-2.0

import Report
import Scenarios

extension Replay {
  /// One HTML page: the summary, the estimated offset with both bounds, the samples, the frequency.
  package func html(title: String) -> String {
    var body =
      "<h1>\(markup(title))</h1>\n<p class=\"\(isIdentical == true ? "same" : "missed")\">\(markup(verdict)).</p>\n"
    body +=
      "<pre>\(text(.plain).split(separator: "\n", omittingEmptySubsequences: false).map { markup(String($0)) }.joined(separator: "\n"))</pre>\n"
    for plot in plots { body += "<figure>\(plot.svg)</figure>\n" }
    return ResultPage.page(title: title, body: body)
  }

  private var plots: [TracePlot] {
    guard let last = trace.seconds.last, let first = trace.seconds.first, last > first else { return [] }
    return [offsetPlot(first, last), frequencyPlot(first, last)]
  }

  private func offsetPlot(_ first: Double, _ last: Double) -> TracePlot {
    let sizes = trace.offsets.map(\.magnitude).filter { $0 > 0 && $0.isFinite }.sorted()
    let reference = max(sizes.isEmpty ? 1e-6 : sizes[sizes.count / 2], 1e-12)
    let values = trace.hardBounds + trace.sampleOffsets.map(\.magnitude) + sizes
    let limit = max(values.filter(\.isFinite).max() ?? reference, 2 * reference) * 1.15
    var plot = TracePlot(
      title: "Estimated offset (reference − clock)", unit: "s", seconds: trace.seconds,
      time: .linear(from: first, to: last), value: .symmetric(reference: reference, limit: limit),
      curves: [
        TracePlot.Curve("samples", style: "samples", values: trace.sampleOffsets),
        TracePlot.Curve("hard bound", style: "hard", values: trace.hardBounds, isMirrored: true),
        TracePlot.Curve("statistical bound", style: "statistical", values: trace.statisticalBounds, isMirrored: true),
        TracePlot.Curve("estimate", style: "estimate", values: trace.offsets),
      ])
    let unsynchronized = trace.hardBounds.indices.filter { !trace.hardBounds[$0].isFinite }
    if !unsynchronized.isEmpty { plot.alarms = [("unsynchronized", "unsync.", unsynchronized)] }
    if let difference = firstDifference {
      plot.moments = [TracePlot.Mark(name: "first difference", value: difference.second)]
    }
    return plot
  }

  /// Against its value at the end: the changes are what is to be seen.
  private func frequencyPlot(_ first: Double, _ last: Double) -> TracePlot {
    let settled = trace.frequencies.last ?? 0
    let differences = trace.frequencies.map { $0 - settled }
    let sizes = differences.map(\.magnitude).filter { $0 > 0 && $0.isFinite }.sorted()
    let reference = sizes.isEmpty ? 1e-9 : sizes[sizes.count / 2]
    return TracePlot(
      title: "Estimated frequency of the reference, less \(ResultTable.scaled(settled, ""))", unit: "",
      seconds: trace.seconds, time: .linear(from: first, to: last),
      value: .symmetric(reference: reference, limit: max(sizes.last ?? 0, 2 * reference) * 1.15),
      curves: [TracePlot.Curve("frequency", style: "frequency", values: differences)])
  }
}
