// SPDX-License-Identifier: Apache-2.0

import Simulation
import TimeTypes

extension DelayDistribution {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    self = try Self.read(&fields)
    try fields.end()
  }

  /// By "dist"; other keys of the object are left for the caller.
  static func read(_ fields: inout FieldReader) throws(ScenarioError) -> DelayDistribution {
    let kind = try fields.text("dist")
    switch kind {
    case "none": return .none
    case "exponential": return .exponential(mean: try fields.interval("scale_s"))
    case "normal": return .gaussian(deviation: try fields.interval("sigma_s"))
    case "gamma":
      return .gamma(shape: try fields.number("shape", in: 0.01...1000), scale: try fields.interval("scale_s"))
    case "lognormal":
      return .logNormal(median: try fields.interval("median_s"), sigma: try fields.number("sigma", in: 0...10))
    case "uniform": return .uniform(maximum: try fields.interval("max_s"))
    case "mixture":
      var parts: [Weighted] = []
      for var part in try fields.objects("parts") {
        let weight = try part.number("weight", in: 0...1e9)
        parts.append(Weighted(weight: weight, try read(&part)))
        try part.end()
      }
      guard parts.contains(where: { $0.weight > 0 }) else {
        throw fields.wrong("parts", "needs a part of positive weight")
      }
      return .mixture(parts)
    default:
      throw fields.wrong(
        "dist", "is \"\(kind)\"; it must be exponential, normal, gamma, lognormal, uniform, mixture or none")
    }
  }
}

extension DelayExtra {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    let kind = try fields.text("kind")
    switch kind {
    case "iid":
      let chance = try fields.number("prob", in: 0...1)
      self = .sporadic(probability: chance, try DelayDistribution.read(&fields))
    case "window":
      self = .window(
        period: try fields.number("period_s", in: 0...1e9), from: try fields.number("on_from_s"),
        to: try fields.number("on_to_s"), constant: try fields.number("const_s", default: 0),
        try DelayDistribution.read(&fields))
    case "route":
      self = .route(at: try fields.number("at_s"), change: try fields.number("change_s", in: -1000...1000))
    case "ar":
      self = .correlated(
        CorrelatedDelay(mean: try fields.interval("scale_s"), times: [try fields.number("time_s", in: 1e-6...1e9)]))
    case "self-similar":
      self = .correlated(
        .selfSimilar(
          mean: try fields.interval("scale_s"), shortest: try fields.number("from_s", in: 1e-6...1e9),
          longest: try fields.number("to_s", in: 1e-6...1e9)))
    case "trace": self = .recorded(try fields.trace())
    case "jitter": self = .jitter(from: try fields.number("from_s"), try DelayDistribution.read(&fields))
    default:
      throw fields.wrong(
        "kind", "is \"\(kind)\"; it must be iid, window, route, ar, self-similar, trace or jitter")
    }
    try fields.end()
  }
}
