// SPDX-License-Identifier: Apache-2.0

/// One entry of the event log: what happened, when, to whom, in words for people.
///
/// Text that came from outside (names, kiss codes, plugin messages) may be stored as it is: rendering and JSON escape control
/// characters. Limits: none here; the control server cuts what it sends.
package struct EventRecord: Sendable, Equatable {
  /// Counts the events of this run of the daemon from 1; a gap means that some were dropped.
  package var sequence: UInt64
  /// UTC nanoseconds since 1970 by the clock that is disciplined.
  package var time: Int64
  /// Its number in the catalogue; 10000 and above are a provider's own.
  package var number: UInt16
  /// Its short name in the catalogue, "provider" for a provider's own.
  package var slug: String
  package var severity: EventSeverity
  /// The source or provider it is about, by its name; nil = the daemon or its clock.
  package var source: String?
  /// One sentence.
  package var text: String
  /// Values for machines, in order: a refused sample with all its fields, an interval in ns.
  package var details: [EventDetail]

  /// An event of the catalogue.
  package init(
    _ kind: EventKind, sequence: UInt64 = 0, time: Int64 = 0, source: String? = nil, text: String,
    details: [EventDetail] = []
  ) {
    self.init(
      sequence: sequence, time: time, number: kind.rawValue, slug: kind.slug, severity: kind.severity, source: source,
      text: text,
      details: details)
  }

  package init(
    sequence: UInt64, time: Int64, number: UInt16, slug: String, severity: EventSeverity, source: String?, text: String,
    details: [EventDetail] = []
  ) {
    self.sequence = sequence
    self.time = time
    self.number = number
    self.slug = slug
    self.severity = severity
    self.source = source
    self.text = text
    self.details = details
  }
}

/// One named value of an event.
package struct EventDetail: Sendable, Equatable {
  package var key: String
  package var value: JSONValue

  package init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }
}
