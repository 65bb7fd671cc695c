// SPDX-License-Identifier: Apache-2.0

import Report
import Simulation

extension OscillatorModel.Change {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    let kind = try fields.text("kind")
    switch kind {
    case "sine":
      self = .sinusoid(
        amplitude: try fields.number("amplitude", in: -0.01...0.01), period: try fields.number("period_s", in: 1...1e9),
        phase: try fields.number("phase_turns", default: 0))
    case "step": self = .step(at: try fields.number("at_s"), by: try fields.number("by", in: -0.01...0.01))
    case "drift": self = .drift(perSecond: try fields.number("per_s", in: -1e-6...1e-6))
    case "trace":
      let trace = try fields.trace()
      for (index, value) in trace.values.enumerated() where !(-0.01...0.01).contains(value) {
        throw fields.wrong("values[\(index)]", "is \(value); a fractional frequency must be from -0.01 to 0.01")
      }
      self = .recorded(trace)
    case "temperature":
      self = .temperature(
        TemperatureModel(
          try fields.trace(), turnover: try fields.number("turnover", in: -100...200),
          linear: try fields.number("per_degree", in: -1e-5...1e-5),
          quadratic: try fields.number("per_degree_squared", in: -1e-6...1e-6, default: 0)))
    default: throw fields.wrong("kind", "is \"\(kind)\"; it must be sine, step, drift, trace or temperature")
    }
    try fields.end()
  }
}

extension Scenario.TemperatureSensor {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    let model = TemperatureSensorModel(
      step: try fields.number("step", in: 0.001...10, default: 0.5),
      noise: try fields.number("noise", in: 0...10, default: 0))
    let interval = try fields.integer("interval_s", in: 1...3600, default: 30)
    let points = try fields.elements("table")
    let known: Known
    if var polynomial = try fields.object("coefficients") {
      guard points.isEmpty else { throw fields.wrong("table", "is beside coefficients; leave one of the two out") }
      known = .coefficients(
        t0: try polynomial.number("t0", in: -1e6...1e6, default: 0),
        k0: try polynomial.number("k0", in: -10...10, default: 0),
        k1: try polynomial.number("k1", in: -10...10, default: 0),
        k2: try polynomial.number("k2", in: -10...10, default: 0))
      try polynomial.end()
    } else {
      var lines = ""
      for (value, path) in points {
        guard case .array(let pair) = value, pair.count == 2, let temperature = Self.number(pair[0]),
          let ppm = Self.number(pair[1])
        else { throw ScenarioError(path: path, problem: "must be a temperature and ppm: [26000, 0.35]") }
        lines += "\(temperature) \(ppm)\n"
      }
      guard !lines.isEmpty else {
        throw fields.wrong("table", "is missing; write what is known of the oscillator, or coefficients")
      }
      known = .table(lines)
    }
    self.init(model: model, interval: interval, known: known)
    try fields.end()
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .real(let number) where number.isFinite: number
    default: nil
    }
  }
}
