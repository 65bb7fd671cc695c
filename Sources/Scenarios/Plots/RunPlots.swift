// SPDX-License-Identifier: Apache-2.0

/// The plots of one run: the error against both bounds, how it got there, and the frequency.
package struct RunPlots: Sendable {
  private let record: RunRecord
  private let scenario: Scenario
  private let seconds: [Double]

  package init(_ record: RunRecord, of scenario: Scenario) {
    self.record = record
    self.scenario = scenario
    seconds = record.offsets.indices.map { Double($0 + 1) }
  }

  package var all: [TracePlot] { record.offsets.count > 1 ? [error, start, frequency] : [] }

  private var end: Double { seconds.last ?? 1 }

  /// Typical size of what is judged, and its greatest: the reference and the limit of a symmetric scale.
  private func size(_ values: [Double], and others: [Double] = []) -> (reference: Double, limit: Double) {
    let from = min(max(scenario.warm - 1, 0), values.count - 1)
    let judged = values[from...].map(\.magnitude).filter(\.isFinite).sorted()
    let typical = max(RunMetrics.percentile(judged, 0.5), 1e-15)
    var limit = judged.last ?? typical
    if !others.isEmpty { limit = max(limit, others[from...].filter(\.isFinite).max() ?? 0) }
    return (typical.isFinite ? typical : 1e-15, max(limit.isFinite ? limit : 0, 2 * typical) * 1.15)
  }

  private var bounds: [TracePlot.Curve] {
    [
      TracePlot.Curve("hard bound", style: "hard", values: record.hardBounds, isMirrored: true),
      TracePlot.Curve("statistical bound", style: "statistical", values: record.statisticalBounds, isMirrored: true),
    ]
  }

  /// Seconds in which a bound did not hold, and those without one.
  private var alarms: [(style: String, name: String, indices: [Int])] {
    func broken(_ bounds: [Double]) -> [Int] {
      record.offsets.indices.filter { bounds[$0].isFinite && record.offsets[$0].magnitude > bounds[$0] }
    }
    let all: [(style: String, name: String, indices: [Int])] = [
      ("statistical", "> stat.", broken(record.statisticalBounds)), ("hard", "> hard", broken(record.hardBounds)),
      ("unsynchronized", "unsync.", record.offsets.indices.filter { !record.hardBounds[$0].isFinite }),
    ]
    return all.filter { !$0.indices.isEmpty }
  }

  private var error: TracePlot {
    let (reference, limit) = size(record.offsets, and: record.hardBounds)
    var plot = TracePlot(
      title: "Error of the clock (client − true)", unit: "s", seconds: seconds, time: .linear(from: 0, to: end),
      value: .symmetric(reference: reference, limit: limit),
      curves: bounds + [TracePlot.Curve("error", style: "error", values: record.offsets)])
    plot.moments = [TracePlot.Mark(name: "judged from here", value: Double(scenario.warm))]
    if let fixed = scenario.fixed {
      plot.levels = [
        TracePlot.Mark(name: "chrony's p99", value: fixed.p99), TracePlot.Mark(name: "", value: -fixed.p99),
      ]
    }
    plot.alarms = alarms
    return plot
  }

  /// The size of the error from the first second on, both axes in decades.
  private var start: TracePlot {
    let sizes = record.offsets.map(\.magnitude)
    let until = min(max(scenario.warm, 100), sizes.count)
    let floor = max(size(record.offsets).reference / 10, 1e-12)
    let ceiling = max((sizes + record.hardBounds.prefix(until)).filter(\.isFinite).max() ?? 1, floor * 10)
    var plot = TracePlot(
      title: "Start-up: size of the error", unit: "s", seconds: Array(seconds.prefix(until)),
      time: .logarithmic(from: 1, to: Double(max(until, 2))), value: .logarithmic(from: floor, to: ceiling * 1.5),
      curves: [
        TracePlot.Curve("hard bound", style: "hard", values: Array(record.hardBounds.prefix(until))),
        TracePlot.Curve(
          "statistical bound", style: "statistical", values: Array(record.statisticalBounds.prefix(until))),
        TracePlot.Curve("error", style: "error", values: Array(sizes.prefix(until))),
      ])
    if let fixed = scenario.fixed {
      plot.moments = [("chrony: 1 ms", fixed.within1Millisecond), ("chrony: 100 µs", fixed.within100Microseconds)]
        .compactMap { name, value in value.map { TracePlot.Mark(name: name, value: $0) } }
    }
    return plot
  }

  private var frequency: TracePlot {
    let (reference, limit) = size(record.frequencies)
    var plot = TracePlot(
      title: "Frequency error, slewing included", unit: "", seconds: seconds, time: .linear(from: 0, to: end),
      value: .symmetric(reference: reference, limit: limit),
      curves: [TracePlot.Curve("frequency error", style: "frequency", values: record.frequencies)])
    plot.moments = [TracePlot.Mark(name: "judged from here", value: Double(scenario.warm))]
    if let fixed = scenario.fixed {
      plot.levels = [
        TracePlot.Mark(name: "chrony's rms", value: fixed.frequencyRMS),
        TracePlot.Mark(name: "", value: -fixed.frequencyRMS),
      ]
    }
    return plot
  }
}
