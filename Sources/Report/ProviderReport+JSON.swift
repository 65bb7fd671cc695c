// SPDX-License-Identifier: Apache-2.0

extension ProviderReport {
  package var json: JSONValue {
    .object([
      JSONMember("name", .string(name)),
      JSONMember("version", .string(version)),
      JSONMember("vendor", .string(vendor)),
      JSONMember("description", .string(description)),
      JSONMember("module", .string(module)),
      JSONMember("placement", .string(placement.rawValue)),
      JSONMember("process_id", .integer(Int64(processID))),
      JSONMember("state", .string(state.rawValue)),
      JSONMember("sources", JSONValue(sources)),
      JSONMember("samples", JSONValue(samples)),
      JSONMember("ring_full", JSONValue(ringFull)),
      JSONMember("invalid_samples", JSONValue(invalidSamples)),
      JSONMember("misbehaved", JSONValue(misbehaved)),
      JSONMember("dropped_messages", JSONValue(droppedMessages)),
      JSONMember("dropped_commands", JSONValue(droppedCommands)),
      JSONMember("restarts", JSONValue(restarts)),
      JSONMember("last_error", .string(lastError)),
      JSONMember("counters", .object(counters.map { JSONMember($0.name, JSONValue($0.value)) })),
    ])
  }

  /// Reads what `json` wrote; what is absent keeps its default.
  package init(json: JSONValue) {
    self.init(name: json.text("name") ?? "")
    version = json.text("version") ?? ""
    vendor = json.text("vendor") ?? ""
    description = json.text("description") ?? ""
    module = json.text("module") ?? ""
    placement = json.choice("placement", .inProcess)
    processID = json.small("process_id", 0)
    state = json.choice("state", .failed)
    sources = json.count("sources")
    samples = json.count("samples")
    ringFull = json.count("ring_full")
    invalidSamples = json.count("invalid_samples")
    misbehaved = json.count("misbehaved")
    droppedMessages = json.count("dropped_messages")
    droppedCommands = json.count("dropped_commands")
    restarts = json.count("restarts")
    lastError = json.text("last_error") ?? ""
    if case .object(let members)? = json["counters"] {
      counters = members.compactMap { member in
        guard case .integer(let value) = member.value else { return nil }
        return NamedCounter(member.name, UInt64(clamping: value))
      }
    }
  }
}
