// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension StatusSnapshot {
  /// What `tompion status --json` prints: one flat object, units in the names, null for what is not known. Sources and providers
  /// are not in it; they have commands of their own.
  package var json: JSONValue {
    .object([
      JSONMember("version", .string(version)),
      JSONMember("process_id", .integer(Int64(processID))),
      JSONMember("time", .string(UTCText.text(time))),
      JSONMember("time_ns", .integer(time)),
      JSONMember("uptime_ns", JSONValue(nanoseconds: uptime)),
      JSONMember("clock", .string(clockKind.rawValue)),
      JSONMember("synchronized", .boolean(synchronization == .synchronized)),
      JSONMember("synchronization", .string(synchronization.rawValue)),
      JSONMember("leap", .string(leap.word)),
      JSONMember("stratum", .integer(Int64(stratum))),
      JSONMember("reference_id", .string(referenceID.text(stratum: stratum))),
      JSONMember("reference_id_number", .integer(Int64(referenceID.rawValue))),
      JSONMember("system_source", JSONValue(systemSource)),
      JSONMember("offset_ns", JSONValue(nanoseconds: offset)),
      JSONMember("frequency_ppb", JSONValue(partsPerBillion: frequency)),
      JSONMember("applied_frequency_ppb", JSONValue(partsPerBillion: appliedFrequency)),
      JSONMember("jitter_ns", JSONValue(nanoseconds: jitter)),
      JSONMember("root_delay_ns", JSONValue(nanoseconds: rootDelay)),
      JSONMember("root_dispersion_ns", JSONValue(nanoseconds: rootDispersion)),
      JSONMember("bound_statistical_ns", JSONValue(nanoseconds: boundStatistical)),
      JSONMember("bound_hard_ns", JSONValue(nanoseconds: boundHard)),
      JSONMember("tai_offset_s", taiOffset.map { .integer(Int64($0)) } ?? .null),
      JSONMember("last_update_age_ns", JSONValue(nanoseconds: lastUpdateAge)),
      JSONMember("steering", .string(steering.rawValue)),
      JSONMember("steering_reason", .string(steeringReason)),
      JSONMember("sanity", .string(sanity.rawValue)),
      JSONMember("sanity_offset_ns", JSONValue(nanoseconds: sanityOffset)),
      JSONMember("sanity_agreeing", .integer(Int64(sanityAgreeing))),
      JSONMember("sanity_of", .integer(Int64(sanityOf))),
      JSONMember("sanity_limit_ns", JSONValue(nanoseconds: sanityLimit)),
      JSONMember("auth_select", .string(authSelect)),
      JSONMember("sources_network", JSONValue(networkSources)),
      JSONMember("sources_authenticated", JSONValue(provenSources)),
      JSONMember("min_sources", .integer(Int64(minimumSources))),
      JSONMember("true_error_ns", JSONValue(nanoseconds: trueError)),
      JSONMember("samples", JSONValue(samples)),
      JSONMember("updates", JSONValue(updates)),
      JSONMember("steps", JSONValue(steps)),
      JSONMember("too_big", JSONValue(tooBig)),
      JSONMember("clock_moves", JSONValue(clockMoves)),
      JSONMember("clock_refusals", JSONValue(clockRefusals)),
      JSONMember("events_dropped", JSONValue(eventsDropped)),
      JSONMember("hardware_stamps", .array(stamps.map(\.json))),
      JSONMember("warnings", .array(warnings.map { .string($0) })),
    ])
  }

  /// What `tompion sources --json` prints.
  package var sourcesJSON: JSONValue { .object([JSONMember("sources", .array(sources.map(\.json)))]) }

  /// What `tompion providers --json` prints.
  package var providersJSON: JSONValue { .object([JSONMember("providers", .array(providers.map(\.json)))]) }

  /// Reads what `json` wrote; what is absent keeps its default.
  package init(json: JSONValue) {
    self.init()
    version = json.text("version") ?? ""
    processID = json.small("process_id", 0)
    time = json.integer("time_ns") ?? 0
    uptime = json.interval("uptime_ns") ?? .zero
    clockKind = json.choice("clock", .system)
    synchronization = json.choice("synchronization", .unsynchronized)
    leap = LeapIndicator(word: json.text("leap"))
    stratum = json.small("stratum", 16)
    referenceID = ReferenceID(rawValue: json.small("reference_id_number", 0))
    systemSource = json.text("system_source")
    offset = json.interval("offset_ns")
    frequency = json.frequency("frequency_ppb")
    appliedFrequency = json.frequency("applied_frequency_ppb")
    jitter = json.interval("jitter_ns")
    rootDelay = json.interval("root_delay_ns")
    rootDispersion = json.interval("root_dispersion_ns")
    boundStatistical = json.interval("bound_statistical_ns")
    boundHard = json.interval("bound_hard_ns")
    taiOffset = json.integer("tai_offset_s").flatMap { Int16(exactly: $0) }
    lastUpdateAge = json.interval("last_update_age_ns")
    steering = json.choice("steering", .starting)
    steeringReason = json.text("steering_reason") ?? ""
    sanity = json.choice("sanity", .good)
    sanityOffset = json.interval("sanity_offset_ns")
    sanityAgreeing = json.small("sanity_agreeing", 0)
    sanityOf = json.small("sanity_of", 0)
    sanityLimit = json.interval("sanity_limit_ns")
    authSelect = json.text("auth_select") ?? ""
    networkSources = json.count("sources_network")
    provenSources = json.count("sources_authenticated")
    minimumSources = json.small("min_sources", 1)
    trueError = json.interval("true_error_ns")
    samples = json.count("samples")
    updates = json.count("updates")
    steps = json.count("steps")
    tooBig = json.count("too_big")
    clockMoves = json.count("clock_moves")
    clockRefusals = json.count("clock_refusals")
    eventsDropped = json.count("events_dropped")
    stamps = json.elements("hardware_stamps").map { StampReport(json: $0) }
    warnings = json.elements("warnings").compactMap { value in
      guard case .string(let text) = value else { return nil }
      return text
    }
  }
}

extension StatusSnapshot {
  /// What `tompion why --json` prints.
  package var whyJSON: JSONValue {
    .object([JSONMember("synchronized", .boolean(synchronization == .synchronized)), JSONMember("why", .string(why))])
  }
}
