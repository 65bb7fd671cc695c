// SPDX-License-Identifier: Apache-2.0

import Report
import Simulation
import TimeTypes

extension PathModel {
  /// Both directions: keys without a prefix are of both, `up_` and `down_` of one (client to server, and back).
  static func pair(
    _ fields: inout FieldReader, base: (up: PathModel, down: PathModel)?
  ) throws(ScenarioError) -> (up: PathModel, down: PathModel) {
    let empty = PathModel(delay: DelayModel(constant: .zero), reorders: true)
    var (up, down) = base ?? (empty, empty)
    let given = try DirectionFields(&fields, prefix: "")
    given.apply(to: &up)
    given.apply(to: &down)
    try DirectionFields(&fields, prefix: "up_").apply(to: &up)
    try DirectionFields(&fields, prefix: "down_").apply(to: &down)
    if base == nil, given.constant == nil, up.delay.constant == .zero, down.delay.constant == .zero {
      throw fields.wrong("base_s", "is missing; the one-way delay of a path is needed")
    }
    return (up, down)
  }
}

/// What a file says of one direction, or of both.
private struct DirectionFields {
  var constant: TimeInterval?
  var jitter: DelayDistribution?
  var extras: [DelayExtra] = []
  var loss: Double?
  var duplication: Double?
  var reorders: Bool?
  var outages: [Range<Double>] = []

  init(_ fields: inout FieldReader, prefix: String) throws(ScenarioError) {
    if let base = try fields.optionalNumber(prefix + "base_s") {
      guard base >= 0, base < 1000 else { throw fields.wrong(prefix + "base_s", "must be from 0 to 1000 s") }
      constant = TimeInterval(seconds: base)
    }
    if let jitter = try fields.object(prefix + "jitter") { self.jitter = try DelayDistribution(jitter) }
    let name = prefix + "extra"
    if case .object? = fields.value(name) {
      if let extra = try fields.object(name) { extras = [try DelayExtra(extra)] }
    } else {
      for extra in try fields.objects(name) { extras.append(try DelayExtra(extra)) }
    }
    if let chance = try fields.optionalNumber(prefix + "loss") { loss = chance }
    if let chance = try fields.optionalNumber(prefix + "duplication") { duplication = chance }
    for (chance, key) in [(loss, "loss"), (duplication, "duplication")] {
      if let chance, !(0...1).contains(chance) { throw fields.wrong(prefix + key, "must be from 0 to 1") }
    }
    if fields.value(prefix + "reorder") != nil { reorders = try fields.flag(prefix + "reorder", default: true) }
    outages = try fields.ranges(prefix + "outages")
  }

  func apply(to path: inout PathModel) {
    if let constant { path.delay.constant = constant }
    if let jitter { path.delay.jitter = jitter }
    path.delay.extras += extras
    if let loss { path.loss = loss }
    if let duplication { path.duplication = duplication }
    if let reorders { path.reorders = reorders }
    path.outages += outages
  }
}

extension FieldReader {
  /// [{"from_s": …, "to_s": …}]
  mutating func ranges(_ name: String) throws(ScenarioError) -> [Range<Double>] {
    var ranges: [Range<Double>] = []
    for var range in try objects(name) {
      let from = try range.number("from_s")
      let to = try range.number("to_s")
      guard from < to else { throw range.wrong("to_s", "must be after from_s") }
      ranges.append(from..<to)
      try range.end()
    }
    return ranges
  }

  mutating func interval(_ name: String) throws(ScenarioError) -> TimeInterval {
    TimeInterval(seconds: try number(name, in: 0...1000))
  }

  /// Two arrays of one length: seconds and values.
  mutating func trace() throws(ScenarioError) -> RecordedTrace {
    guard let trace = RecordedTrace(seconds: try numbers("seconds"), values: try numbers("values")) else {
      throw wrong("seconds", "must grow, and must be as many as values")
    }
    return trace
  }
}
