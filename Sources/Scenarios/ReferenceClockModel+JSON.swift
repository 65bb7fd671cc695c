// SPDX-License-Identifier: Apache-2.0

import Report
import Simulation

extension Scenario.ReferenceClock {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    var model = ReferenceClockModel(interval: try fields.integer("interval_s", in: 1...100_000, default: 1))
    let names = ReferenceClockModel.Line.allCases.map(\.rawValue)
    let name = try fields.text("line", default: ReferenceClockModel.Line.memory.rawValue)
    guard let line = ReferenceClockModel.Line(rawValue: name) else {
      throw fields.wrong("line", "is \"\(name)\"; it must be one of \(names.joined(separator: ", "))")
    }
    model.line = line
    if let noise = try fields.object("noise") { model.noise = try DelayDistribution(noise) }
    if var outlier = try fields.object("outlier") {
      model.outlierProbability = try outlier.number("prob", in: 0...1)
      model.outlier = try DelayDistribution.read(&outlier)
      try outlier.end()
    }
    model.offset = try fields.number("offset_s", in: -1e9...1e9, default: 0)
    model.delay = try fields.number("delay_s", in: 0...0.9, default: line.isSerial ? 0.12 : 0)
    model.width = try fields.number("width_s", in: 0.001...0.9, default: 0.1)
    model.outages = try fields.ranges("outages")
    for fault in try fields.objects("faults") { model.faults.append(try ReceiverFault(fault)) }
    self.init(model: model)
    switch fields.value("settings") {
    case nil: break
    case .object(let members)?: for member in members { settings[member.name] = member.value }
    default: throw fields.wrong("settings", "must be an object: the provider's own keys")
    }
    try fields.end()
  }
}

extension ReceiverFault {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    let name = try fields.text("kind")
    let kind: Kind
    switch name {
    case "no-fix": kind = .noFix
    case "no-antenna": kind = .noAntenna
    case "spoofed": kind = .spoofed
    case "frozen": kind = .frozen
    case "ramp": kind = .ramp(try fields.number("rate", in: -2...2))
    case "shift": kind = .shift(try fields.number("by_s", in: -1e9...1e9))
    case "weeks": kind = .weeks(try fields.integer("weeks", in: -10_000...10_000))
    case "announced-leap": kind = .announcedLeap(try fields.integer("change", in: -1...1))
    case "missing": kind = .missing(try fields.number("prob", in: 0...1))
    case "doubled": kind = .doubled(try fields.number("prob", in: 0...1))
    case "wrong-edge": kind = .wrongEdge
    case "hum": kind = .hum(try fields.number("per_s", in: 1...1000))
    default:
      throw fields.wrong(
        "kind",
        "is \"\(name)\"; it must be no-fix, no-antenna, spoofed, frozen, ramp, shift, weeks, announced-leap, missing, "
          + "doubled, wrong-edge or hum")
    }
    let from = try fields.number("from_s", in: 0...1e9)
    let to = try fields.number("to_s", in: 0...1e9)
    guard from < to else { throw fields.wrong("to_s", "must be after from_s") }
    self.init(kind, from: from, to: to)
    try fields.end()
  }
}

extension Expectation {
  init(_ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    self.init()
    events = try fields.integers("events", in: 1...65_535)
    noEvents = try fields.integers("no_events", in: 1...65_535)
    maximum = try fields.optionalNumber("max_s")
    together = try fields.optionalNumber("together_s")
    boundReaches = try fields.optionalNumber("bound_reaches_s")
    let name = try fields.text("followed", default: "")
    if !name.isEmpty {
      guard let followed = Followed(rawValue: name) else {
        let names = Followed.allCases.map(\.rawValue).joined(separator: ", ")
        throw fields.wrong("followed", "is \"\(name)\"; it must be one of \(names)")
      }
      self.followed = followed
    }
    try fields.end()
  }
}
