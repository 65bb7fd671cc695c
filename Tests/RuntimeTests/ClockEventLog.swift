// SPDX-License-Identifier: Apache-2.0

import Report

/// What a clock had to say.
final class ClockEventLog {
  var events: [EventRecord] = []
  func count(_ kind: EventKind) -> Int { events.filter { $0.number == kind.rawValue }.count }
}
