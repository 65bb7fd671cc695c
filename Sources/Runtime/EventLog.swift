// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import TimeTypes

/// The last events of this run, and the lines on standard error that say them. [control]
///
/// Holds `capacity` records; older ones fall out, which readers see by the gap in the sequence.
final class EventLog {
  private var records: [EventRecord] = []
  private var first = 0
  private var sequence: UInt64 = 0
  private let capacity: Int
  private let threshold: EventSeverity
  private let write: (String) -> Void
  /// The number of the newest record, 0 = none yet.
  var newest: UInt64 { sequence }

  init(capacity: Int = 1024, threshold: EventSeverity, write: @escaping (String) -> Void) {
    self.capacity = capacity
    self.threshold = threshold
    self.write = write
    records.reserveCapacity(capacity)
  }

  /// Numbers the record, dates it, keeps it and writes its line.
  func append(_ record: EventRecord, time: Int64) {
    var record = record
    sequence &+= 1
    record.sequence = sequence
    record.time = time
    if records.count < capacity {
      records.append(record)
    } else {
      records[first] = record
      first = (first + 1) % capacity
    }
    if record.severity >= threshold { write(record.line) }
  }

  /// The records after `sequence`, oldest first.
  func records(after sequence: UInt64) -> [EventRecord] {
    (records[first...] + records[..<first]).filter { $0.sequence > sequence }
  }
}
