// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension SourceReport {
  package var json: JSONValue {
    .object([
      JSONMember("id", .integer(Int64(id.rawValue))),
      JSONMember("name", .string(name)),
      JSONMember("address", .string(address)),
      JSONMember("provider", .string(provider)),
      JSONMember("state", .string(state.rawValue)),
      JSONMember("reason", .string(reason)),
      JSONMember("reach", .integer(Int64(reach))),
      JSONMember("poll", .integer(Int64(poll))),
      JSONMember("stratum", .integer(Int64(stratum))),
      JSONMember("leap", .string(leap.word)),
      JSONMember("reference_id", .string(referenceID.text(stratum: stratum))),
      JSONMember("reference_id_number", .integer(Int64(referenceID.rawValue))),
      JSONMember("offset_ns", JSONValue(nanoseconds: offset)),
      JSONMember("delay_ns", JSONValue(nanoseconds: delay)),
      JSONMember("dispersion_ns", JSONValue(nanoseconds: dispersion)),
      JSONMember("jitter_ns", JSONValue(nanoseconds: jitter)),
      JSONMember("root_distance_ns", JSONValue(nanoseconds: rootDistance)),
      JSONMember("last_reply_age_ns", JSONValue(nanoseconds: lastReplyAge)),
      JSONMember("polls", JSONValue(polls)),
      JSONMember("replies", JSONValue(replies)),
      JSONMember("rejected", JSONValue(rejected)),
      JSONMember("unanswered", JSONValue(unanswered)),
      JSONMember("samples", JSONValue(samples)),
      JSONMember("too_big", JSONValue(tooBig)),
      JSONMember("last_error", .string(lastError)),
      JSONMember("prefer", .boolean(prefer)),
      JSONMember("noselect", .boolean(noselect)),
      JSONMember("trust", .boolean(trust)),
      JSONMember("require", .boolean(require)),
      JSONMember("reliable", .boolean(reliable)),
      JSONMember("authentication", .string(proof.scheme.rawValue)),
      JSONMember("authenticated", .boolean(proof.isProven)),
      JSONMember("key", proof.key.map { .integer(Int64($0)) } ?? .null),
      JSONMember("authentication_failure", .string(proof.refusal)),
      JSONMember("pool_member", .boolean(poolMember)),
      JSONMember("reference_clock", .boolean(referenceClock)),
      JSONMember("manual", .boolean(manual)),
      JSONMember("own_clock", .boolean(ownClock)),
      JSONMember("stamps", JSONValue(stampKind)),
      JSONMember("interleaved", .boolean(interleaved)),
    ])
  }

  /// Reads what `json` wrote; what is absent keeps its default.
  package init(json: JSONValue) {
    self.init(id: SourceID(rawValue: json.small("id", 0)), name: json.text("name") ?? "")
    address = json.text("address") ?? ""
    provider = json.text("provider") ?? ""
    state = json.choice("state", .waiting)
    reason = json.text("reason") ?? ""
    reach = json.small("reach", 0)
    poll = json.small("poll", 0)
    stratum = json.small("stratum", 0)
    leap = LeapIndicator(word: json.text("leap"))
    referenceID = ReferenceID(rawValue: json.small("reference_id_number", 0))
    offset = json.interval("offset_ns")
    delay = json.interval("delay_ns")
    dispersion = json.interval("dispersion_ns")
    jitter = json.interval("jitter_ns")
    rootDistance = json.interval("root_distance_ns")
    lastReplyAge = json.interval("last_reply_age_ns")
    polls = json.count("polls")
    replies = json.count("replies")
    rejected = json.count("rejected")
    unanswered = json.count("unanswered")
    samples = json.count("samples")
    tooBig = json.count("too_big")
    lastError = json.text("last_error") ?? ""
    prefer = json.flag("prefer")
    noselect = json.flag("noselect")
    trust = json.flag("trust")
    require = json.flag("require")
    reliable = json.flag("reliable")
    proof.scheme = json.choice("authentication", .none)
    proof.isProven = json.flag("authenticated")
    if case .integer(let key)? = json["key"] { proof.key = UInt32(exactly: key) }
    proof.refusal = json.text("authentication_failure") ?? ""
    poolMember = json.flag("pool_member")
    referenceClock = json.flag("reference_clock")
    manual = json.flag("manual")
    ownClock = json.flag("own_clock")
    stampKind = json.text("stamps")
    interleaved = json.flag("interleaved")
  }
}
