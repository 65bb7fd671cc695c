// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension EventRecord {
  package var json: JSONValue {
    .object([
      JSONMember("sequence", JSONValue(sequence)),
      JSONMember("time", .string(UTCText.text(time))),
      JSONMember("time_ns", .integer(time)),
      JSONMember("number", .integer(Int64(number))),
      JSONMember("slug", .string(slug)),
      JSONMember("severity", .string(severity.rawValue)),
      JSONMember("source", JSONValue(source)),
      JSONMember("text", .string(text)),
      JSONMember("details", .object(details.map { JSONMember($0.key, $0.value) })),
    ])
  }

  /// Reads what `json` wrote; nil if it is no event.
  package init?(json: JSONValue) {
    guard let number = json.integer("number").flatMap({ UInt16(exactly: $0) }), let text = json.text("text") else {
      return nil
    }
    var details: [EventDetail] = []
    if case .object(let members)? = json["details"] { details = members.map { EventDetail($0.name, $0.value) } }
    self.init(
      sequence: json.count("sequence"), time: json.integer("time_ns") ?? 0, number: number,
      slug: json.text("slug") ?? "",
      severity: json.choice("severity", .notice), source: json.text("source"), text: text, details: details)
  }
}
