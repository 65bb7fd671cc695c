// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension Configuration {
  /// Reads and checks a whole configuration. `file` is only for messages. Throws every error that was found, in the file's order and
  /// bounded (`Diagnostic.bounded`);
  /// providers' own keys are checked later, when their schemas are known (`SettingSchema.validate`).
  package init(toml text: String, file: String) throws(ConfigurationErrors) {
    self.init()
    self.file = file
    let tree = try TOMLNode.parse(text, file: file)
    guard case .table(let members) = tree.content else { return }
    var root = TableReader(file: file, prefix: "", members: members)
    readTop(&root)
    if let member = root.table("clock"), case .table(let members) = member.node.content {
      var reader = TableReader(file: file, prefix: "clock.", members: members)
      clock = ClockConfiguration(reading: &reader)
      reader.refuseUnknown()
      root.absorb(reader)
    }
    if let member = root.table("realtime"), case .table(let members) = member.node.content {
      var reader = TableReader(file: file, prefix: "realtime.", members: members)
      realTime.read(&reader)
      root.absorb(reader)
    }
    readHardwareClocks(&root)
    readControl(&root)
    if let member = root.table("log"), case .table(let members) = member.node.content {
      var reader = TableReader(file: file, prefix: "log.", members: members)
      reader.choice("level", into: &logLevel)
      reader.refuseUnknown()
      root.absorb(reader)
    }
    readRecord(&root)
    readInterfaces(&root)
    readProviders(&root)
    readOwnClock(&root)
    root.refuseUnknown(elsewhere: Self.homes)
    provenance = root.provenance.filter { !Self.containers.contains($0.key) }
    var diagnostics = root.diagnostics
    diagnostics += crossChecked(members)
    if !diagnostics.isEmpty {
      throw ConfigurationErrors(
        Diagnostic.bounded(
          diagnostics.sorted {
            TextPlace(line: $0.line, column: $0.column) < TextPlace(line: $1.line, column: $1.column)
          }))
    }
    // It starts no process, whosever the provider is; who asks for one was refused above.
    if profile == .minimal { for index in providers.indices { providers[index].placement = .inProcess } }
  }

  /// Where a value comes from: `.builtIn` unless the file has it.
  package func origin(of key: String) -> Provenance { provenance[key] ?? .builtIn }

  private mutating func readTop(_ root: inout TableReader) {
    if let path = root.path("state_directory") { stateDirectory = path }
    root.choice("loop", into: &loop)
    root.choice("profile", into: &profile)
    root.choice("io", into: &io)
    root.integer("busy_poll_us", in: 0...1_000_000, into: &busyPoll)
    root.boolean("sqpoll", into: &sqpoll)
    if let name = root.text("user", limit: 255, what: "a user's name or \"none\"") {
      user = name == "none" ? nil : name
    }
    if let path = root.path("plugin_directory") { pluginDirectory = path }
    root.boolean("lock_memory", into: &lockMemory)
    root.integer("real_time_priority", in: 0...99, into: &realTime.capture.priority)
    realTime.discipline.priority = realTime.capture.priority
    if profile == .minimal {
      if root.provenance["loop"] == nil { loop = .single }
      controlSocket = nil
      lockMemory = false
    }
  }

  private mutating func readControl(_ root: inout TableReader) {
    guard let member = root.table("control"), case .table(let members) = member.node.content else { return }
    var reader = TableReader(file: file, prefix: "control.", members: members)
    // sockaddr_un has room for 108 bytes with the terminator (unix(7)).
    if let path = reader.path("socket", limit: 107, none: true) { controlSocket = path == "none" ? nil : path }
    reader.refuseUnknown()
    root.absorb(reader)
  }

  private mutating func readRecord(_ root: inout TableReader) {
    guard let member = root.table("record"), case .table(let members) = member.node.content else { return }
    var reader = TableReader(file: file, prefix: "record.", members: members)
    if let path = reader.path("file", none: true) { recordFile = path == "none" ? nil : path }
    reader.integer("limit", in: 65_536...1_099_511_627_776, into: &recordLimit)
    reader.refuseUnknown()
    root.absorb(reader)
  }

  /// Tables as such are no values.
  private static let containers: Set<String> = [
    "clock", "clock.pi", "clock.temperature", "clock.temperature.coefficients", "clock.rtc", "hardware_clock",
    "control", "log",
    "realtime", "realtime.capture", "realtime.discipline",
    "realtime.control", "realtime.server", "record", "interface", "provider", "source",
  ]

  /// Keys that people put at the top level, and the table that they belong in.
  private static let homes: [String: String] = {
    var homes = [
      "socket": "control", "level": "log", "file": "record", "limit": "record", "address": "[source]",
      "iburst": "[source]", "priority": "realtime.capture", "cpu": "realtime.capture",
      "timer_slack_ns": "realtime.capture",
      "hardware_timestamps": "[interface]", "rx_filter": "[interface]",
      "rx_latency_ns": "[interface]", "tx_latency_ns": "[interface]",
    ]
    for key in ClockConfiguration.keys { homes[key] = "clock" }
    return homes
  }()
}

extension ClockConfiguration {
  static let keys = [
    "kind", "steer", "initial_offset", "initial_frequency_ppm", "max_slew_rate_ppm", "smoothness",
    "max_pos_phase_correction", "max_neg_phase_correction", "max_allowed_phase_offset", "never_step_backward",
    "first_sync", "min_sources", "auth_select",
    "local_stratum", "local_dispersion",
    "leap_seconds_file", "follows", "servo", "pi", "temperature", "rtc",
  ]

  /// 2³² − 1 s, about 136 years: the range of the Windows Time service's limits, and well inside a TimeInterval.
  private static let longest = 4_294_967_295.0

  init(reading reader: inout TableReader) {
    self.init()
    reader.choice("kind", into: &kind)
    reader.boolean("steer", into: &steer)
    if let seconds = reader.number("initial_offset", in: -Self.longest...Self.longest, unit: "seconds") {
      initialOffset = TimeInterval(seconds: seconds)
    }
    if let ppm = reader.number("initial_frequency_ppm", in: -10_000...10_000, unit: "parts per million") {
      initialFrequency = .partsPerMillion(ppm)
    }
    if let ppm = reader.number("max_slew_rate_ppm", in: 1...100_000, unit: "parts per million") {
      maximumSlewRate = .partsPerMillion(ppm)
    }
    if let factor = reader.number("smoothness", in: 0.1...10, unit: "") { smoothness = factor }
    limit("max_pos_phase_correction", &reader, into: &maximumPositivePhaseCorrection)
    limit("max_neg_phase_correction", &reader, into: &maximumNegativePhaseCorrection)
    readAllowedPhaseOffset(&reader)
    reader.boolean("never_step_backward", into: &neverStepBackward)
    reader.choice("first_sync", into: &firstSync)
    reader.choice("auth_select", into: &authSelect)
    reader.integer("min_sources", in: 1...64, into: &minimumSources)
    reader.integer("local_stratum", in: 0...15, into: &localStratum)
    if let seconds = reader.number("local_dispersion", in: 0.000001...1.5, unit: "seconds") {
      localDispersion = TimeInterval(seconds: seconds)
    }
    if let path = reader.path("leap_seconds_file", none: true) { leapSecondsFile = path == "none" ? nil : path }
    if let name = reader.text("follows", limit: 255, what: "a hardware clock's name or device, or \"sources\"") {
      follows = name == "sources" ? nil : name
    }
    // By measure the better one behind a hardware clock (Docs/evidence.md).
    if follows != nil { servo = .pi }
    reader.choice("servo", into: &servo)
    if let member = reader.table("pi"), case .table(let members) = member.node.content {
      var inner = TableReader(file: reader.file, prefix: "clock.pi.", members: members)
      pi.readGains(&inner)
      pi.readLimits(&inner)
      inner.refuseUnknown()
      reader.absorb(inner)
    }
    readTemperature(&reader)
    readRTC(&reader)
  }

  private mutating func readTemperature(_ reader: inout TableReader) {
    guard let member = reader.table("temperature"), case .table(let members) = member.node.content else { return }
    var inner = TableReader(file: reader.file, prefix: "clock.temperature.", members: members)
    temperature = TemperatureConfiguration(reading: &inner, of: member)
    inner.refuseUnknown()
    if servo == .pi {
      inner.refuse(
        member.node, key: "clock.temperature", "the PI servo has no use for it",
        "write servo = \"engine\", or leave it out")
    }
    reader.absorb(inner)
  }

  private mutating func readAllowedPhaseOffset(_ reader: inout TableReader) {
    let name = "max_allowed_phase_offset"
    guard let member = reader.members.first(where: { $0.key == name }), case .table(let members) = member.node.content
    else {
      limit(name, &reader, into: &maximumAllowedPhaseOffsetForward)
      maximumAllowedPhaseOffsetBackward = maximumAllowedPhaseOffsetForward
      return
    }
    _ = reader.member(name)
    var inner = TableReader(file: reader.file, prefix: "clock.\(name).", members: members)
    limit("forward", &inner, into: &maximumAllowedPhaseOffsetForward)
    limit("backward", &inner, into: &maximumAllowedPhaseOffsetBackward)
    inner.refuseUnknown()
    reader.absorb(inner)
  }

  /// A positive number of seconds, or "no limit".
  private func limit(_ name: String, _ reader: inout TableReader, into value: inout TimeInterval?) {
    guard let member = reader.member(name) else { return }
    if member.node.content == .string("no limit") {
      value = nil
      return
    }
    let seconds = reader.number(
      member.node, key: reader.prefix + name, in: 0.000_001...Self.longest, unit: "seconds",
      alternative: ", or \"no limit\"")
    if let seconds { value = TimeInterval(seconds: seconds) }
  }
}
