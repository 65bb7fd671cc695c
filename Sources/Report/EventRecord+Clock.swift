// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

// Events about the clock, made of values. Sequence and time are the event log's to fill in.
extension EventRecord {
  /// 34: `offset` asks for a change beyond `limit`. Carries the whole sample and who sent it.
  package static func tooBig(_ sample: Sample, offset: TimeInterval, limit: TimeInterval, source: String) -> EventRecord
  {
    EventRecord(
      .sampleTooBig, source: source,
      text:
        "\(source) asks for \(Quantity.saturating(offset)), beyond the limit of \(Quantity.span(limit)): refused, the clock did not move",
      details: [
        EventDetail("offset_ns", JSONValue(nanoseconds: offset)),
        EventDetail("limit_ns", JSONValue(nanoseconds: limit)),
        EventDetail("sample", sample.json),
      ])
  }

  package static func stepped(by interval: TimeInterval) -> EventRecord {
    EventRecord(
      .clockStepped, text: "The clock was stepped by \(Quantity.offset(interval))",
      details: [EventDetail("step_ns", JSONValue(nanoseconds: interval))])
  }

  package static func suspect(offset: TimeInterval, agreeing: UInt8, of count: UInt8) -> EventRecord {
    EventRecord(
      .localClockSuspect,
      text: "local clock suspect: \(agreeing) of \(count) sources agree on \(Quantity.offset(offset)); "
        + "`tompion resync --force` accepts their time",
      details: [
        EventDetail("offset_ns", JSONValue(nanoseconds: offset)), EventDetail("agreeing", .integer(Int64(agreeing))),
        EventDetail("of", .integer(Int64(count))),
      ])
  }

  /// 35; nil = no source is chosen any more.
  package static func sourceChosen(_ source: String?, stratum: UInt8) -> EventRecord {
    EventRecord(
      .sourceChosen, source: source,
      text: source.map { "The clock follows \($0) now, at stratum \(stratum)" }
        ?? "The clock follows no source any more",
      details: [EventDetail("stratum", .integer(Int64(stratum)))])
  }

  package static func synchronized(to source: String) -> EventRecord {
    EventRecord(.synchronized, source: source, text: "The clock is synchronized to \(source)")
  }

  /// 36; `age`: since when nothing valid arrived, nil = never.
  package static func unsynchronized(age: TimeInterval?) -> EventRecord {
    EventRecord(
      .unsynchronized,
      text: "The clock is no longer synchronized"
        + (age.map { "; the last valid sample came \(Quantity.age($0)) ago" } ?? ""),
      details: [EventDetail("age_ns", JSONValue(nanoseconds: age))])
  }

  package static func falseticker(_ source: String, offset: TimeInterval) -> EventRecord {
    EventRecord(
      .falseticker, source: source, text: "\(source) disagrees with the majority by \(Quantity.offset(offset))",
      details: [EventDetail("offset_ns", JSONValue(nanoseconds: offset))])
  }

  package static func clockMoved(by interval: TimeInterval) -> EventRecord {
    EventRecord(
      .clockMoved, text: "Somebody else moved the clock by \(Quantity.offset(interval))",
      details: [EventDetail("move_ns", JSONValue(nanoseconds: interval))])
  }

  package static func steeringRefused(reason: String) -> EventRecord {
    EventRecord(.steeringRefused, text: "Steering is refused: \(reason)")
  }

  package static func steeringResumed() -> EventRecord {
    EventRecord(.steeringResumed, text: "Changes of the clock are accepted again")
  }

  package static func leapArmed(_ leap: LeapIndicator) -> EventRecord {
    let text =
      switch leap {
      case .insert: "A leap second will be inserted at the end of this UTC day"
      case .delete: "The last second of this UTC day will be left out"
      case .none, .unsynchronized: "No leap second is armed any more"
      }
    return EventRecord(.leapArmed, text: text, details: [EventDetail("leap", .string(leap.word))])
  }

  /// A provider's own event. Numbers of the catalogue that are about sources and serving keep their slug and severity; all others are
  /// the provider's, so that none speaks for the daemon.
  package static func ofProvider(_ provider: String, number: UInt32, source: String?, text: String) -> EventRecord {
    if number <= UInt32(UInt16.max), let kind = EventKind(rawValue: UInt16(truncatingIfNeeded: number)),
      kind.isForProviders
    {
      return EventRecord(kind, source: source ?? provider, text: text)
    }
    return EventRecord(
      sequence: 0, time: 0, number: UInt16(clamping: max(number, 10_000)), slug: "provider", severity: .notice,
      source: source ?? provider, text: text, details: [EventDetail("provider", .string(provider))])
  }
}
