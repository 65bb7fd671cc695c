// SPDX-License-Identifier: Apache-2.0

import Report
import Simulation

extension Scenario {
  /// All scenarios of a file ({"scenarios": {name: {…}}}, Docs/simulation.md), by name.
  package static func read(_ text: [UInt8]) throws(ScenarioError) -> [Scenario] {
    let json: JSONValue
    do { json = try JSONValue(decoding: text) } catch {
      throw ScenarioError(path: "", problem: "is not JSON: \(error)")
    }
    do throws(ScenarioError) { return try read(json) } catch {
      throw error.located(in: text)
    }
  }

  private static func read(_ json: JSONValue) throws(ScenarioError) -> [Scenario] {
    var top = try FieldReader(json, path: "")
    for remark in ["about", "convention", "goal"] { _ = top.value(remark) }
    guard case .object(let members)? = top.value("scenarios") else {
      throw ScenarioError(path: "scenarios", problem: "must be an object: name to scenario")
    }
    try top.end()
    var scenarios: [Scenario] = []
    for member in members.sorted(by: { $0.name < $1.name }) {
      scenarios.append(try Scenario(name: member.name, try FieldReader(member.value, path: member.name)))
    }
    return scenarios
  }

  /// The farthest that an oscillator's frequency may come to be off.
  private static let mostFrequency = 0.05

  init(name: String, _ reader: consuming FieldReader) throws(ScenarioError) {
    var fields = reader
    self.name = name
    note = try fields.text("note", default: "")
    poll = Int8(try fields.integer("poll_log2_s", in: 0...17))
    if let seconds = try fields.optionalNumber("poll_s"), seconds != Double(1 << Int(poll)) {
      throw fields.wrong("poll_s", "is \(seconds), but poll_log2_s says \(1 << Int(poll)); give one, or the same")
    }
    duration = try fields.integer("duration_s", in: 1...100_000_000)
    warm = try fields.integer("warm_s", in: 0...duration)
    initialOffset = try fields.number("initial_offset_s", in: -1e9...1e9, default: 0)
    oscillator = OscillatorModel(
      base: try fields.number("base_freq", in: -0.01...0.01, default: 0),
      wander: try fields.number("wander_per_sqrt_s", in: 0...1e-3, default: 0),
      flicker: try fields.number("flicker_floor", in: 0...1e-3, default: 0))
    for change in try fields.objects("freq_extra") { oscillator.changes.append(try .init(change)) }
    // A counter that goes backwards, or stands still, is none; and ten times what any crystal does is a mistake.
    let extreme = oscillator.extreme(over: Double(duration))
    guard extreme <= Self.mostFrequency else {
      throw fields.wrong(
        "base_freq",
        "with wander_per_sqrt_s, flicker_floor and freq_extra reaches \(extreme); together they must stay within \(Self.mostFrequency)"
      )
    }
    if let sensor = try fields.object("temperature_sensor") {
      guard oscillator.temperature != nil else {
        throw fields.wrong("temperature_sensor", "has nothing to feel; add freq_extra of kind temperature")
      }
      temperatureSensor = try TemperatureSensor(sensor)
    }
    stampGranularity = Int64(try fields.number("stamp_granularity_s", in: 1e-9...1, default: 1e-9) * 1e9 + 0.5)
    start = Int64(try fields.number("start_unix_s", in: 0...9e9, default: Double(Self.usualStart)))
    if var leap = try fields.object("leap_second") {
      self.leap = LeapSecond(
        at: try leap.integer("at_s", in: 1...duration), change: try leap.integer("change", in: -1...1))
      try leap.end()
    }
    hasLeapTable = try fields.flag("leap_table", default: false)
    sources = []
    referenceClocks = []
    let count = try fields.integer("n_sources", in: 0...60, default: 1)
    guard var model = try fields.object("model") else { throw fields.wrong("model", "is missing") }
    if case .object? = model.value("refclock") {
      if let clock = try model.object("refclock") { referenceClocks = [try ReferenceClock(clock)] }
    } else {
      for clock in try model.objects("refclock") { referenceClocks.append(try ReferenceClock(clock)) }
    }
    if !referenceClocks.isEmpty {
      if try model.flag("with_network", default: false) { try readSources(&model, count: count) }
    } else {
      try readSources(&model, count: count)
    }
    try model.end()
    for (index, clock) in referenceClocks.enumerated() {
      guard case .string(let keeper)? = clock.settings["lock"], !sourceNames.contains(keeper) else { continue }
      let known = sourceNames.map { "\"\($0)\"" }.joined(separator: ", ")
      throw model.wrong(
        referenceClocks.count == 1 ? "refclock.settings.lock" : "refclock[\(index)].settings.lock",
        "is \"\(keeper)\", which no other source is called; " + (known.isEmpty ? "there is none" : "there are \(known)")
      )
    }
    if var clients = try fields.object("clients") {
      let count = try clients.integer("count", in: 1...60)
      let (up, down) = try PathModel.pair(&clients, base: nil)
      self.clients = Clients(count: count, up: up, down: down)
      try clients.end()
    }
    if let goal = try fields.optionalNumber("goal_ratio") { goalRatio = goal }
    if let goal = try fields.optionalNumber("goal_rms_s") {
      guard goal > 0 else { throw fields.wrong("goal_rms_s", "is \(goal); it must be above 0") }
      goalRMS = goal
    }
    if let expected = try fields.object("expect") { expectation = try Expectation(expected) }
    if var result = try fields.object("chrony_fixed") { fixed = try ReferenceResult(&result) }
    if var result = try fields.object("chrony_default") { defaults = try ReferenceResult(&result) }
    if var result = try fields.object("chrony_tuned") { tuned = try ReferenceResult(&result) }
    try fields.end()
  }

  /// The model's own path for all, then each source's differences.
  private mutating func readSources(_ model: inout FieldReader, count: Int) throws(ScenarioError) {
    let (up, down) = try PathModel.pair(&model, base: nil)
    let template = Source(up: up, down: down, minimumPoll: poll, maximumPoll: poll)
    sources = Array(repeating: template, count: count)
    let offsets = try model.numbers("source_offsets_s")
    guard offsets.isEmpty || offsets.count == count else {
      throw model.wrong("source_offsets_s", "has \(offsets.count) numbers for \(count) sources")
    }
    for (index, offset) in offsets.enumerated() { sources[index].server.offset = offset }
    let differences = try model.objects("sources")
    guard differences.count <= count else {
      throw model.wrong("sources", "has \(differences.count) elements for n_sources = \(count)")
    }
    for (index, difference) in differences.enumerated() {
      sources[index] = try Source(difference, like: sources[index])
    }
  }
}

extension Scenario.Source {
  fileprivate init(_ reader: consuming FieldReader, like template: Scenario.Source) throws(ScenarioError) {
    var fields = reader
    self = template
    (up, down) = try PathModel.pair(&fields, base: (up, down))
    server.offset = try fields.number("offset_s", default: server.offset)
    server.drift = try fields.number("drift", in: -0.01...0.01, default: server.drift)
    server.driftFrom = try fields.number("drift_from_s", default: server.driftFrom)
    for var jump in try fields.objects("jumps") {
      server.jumps.append(.init(at: try jump.number("at_s"), by: try jump.number("by_s")))
      try jump.end()
    }
    for var smear in try fields.objects("smears") {
      let from = try smear.number("from_s")
      let to = try smear.number("to_s")
      guard to >= from + 1 else { throw smear.wrong("to_s", "must be a second or more after from_s") }
      server.smears.append(.init(from: from, to: to, by: try smear.number("by_s")))
      try smear.end()
    }
    minimumPoll = Int8(try fields.integer("min_poll", in: 0...17, default: Int(minimumPoll)))
    maximumPoll = Int8(try fields.integer("max_poll", in: 0...17, default: Int(maximumPoll)))
    for option in ["prefer", "trust", "require", "noselect", "iburst", "burst"] where fields.value(option) != nil {
      options[option] = try fields.flag(option, default: false)
    }
    try fields.end()
  }
}
