// SPDX-License-Identifier: Apache-2.0

package import Report

/// The last events, numbered. One role owns it. [control]
package struct EventLog {
  /// How many are kept.
  package let capacity: Int
  private var records: [EventRecord] = []
  /// Where the oldest is, once the storage is full.
  private var head = 0
  /// The number of the latest; 0 = none yet.
  package private(set) var lastSequence: UInt64 = 0

  package init(capacity: Int = 1000) { self.capacity = max(1, capacity) }

  /// Numbers an event and keeps it; the oldest goes when the log is full.
  @discardableResult
  package mutating func append(_ event: EventRecord) -> EventRecord {
    lastSequence &+= 1
    var record = event
    record.sequence = lastSequence
    if records.count < capacity {
      records.append(record)
    } else {
      records[head] = record
      head = (head + 1) % capacity
    }
    return record
  }

  /// The events after number `since` (nil = all), oldest first, at most `limit` of the latest.
  package func events(since: UInt64? = nil, limit: Int? = nil) -> [EventRecord] {
    let ordered = records[head...] + records[..<head]
    let later = since.map { number in Array(ordered.drop { $0.sequence <= number }) } ?? Array(ordered)
    return limit.map { Array(later.suffix(max(0, $0))) } ?? later
  }
}
