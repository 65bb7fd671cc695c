// SPDX-License-Identifier: Apache-2.0

package import Engine
package import TimeTypes

/// One event as the engine took it, with the digest of the actions that it led to: what [discipline] hands over for the record.
package struct RecordedEvent: Sendable {
  package var event: Event
  package var actions: UInt64

  @_noAllocation @_noLocks
  package init(_ event: Event, actions: UInt64) {
    self.event = event
    self.actions = actions
  }
}

extension Event {
  /// The raw time that came with it.
  package var now: RawInstant {
    switch self {
    case .sample(_, let now), .sourceAdded(_, _, let now), .sourceChanged(_, _, _, let now),
      .sourceRemoved(_, let now), .sourceLocked(_, _, let now), .compensated(_, let now), .refused(_, let now),
      .resync(_, let now),
      .leapTable(_, let now):
      now
    case .tick(let reading), .applied(let reading, _), .clockMoved(let reading, _),
      .clockFrequencyChanged(let reading):
      reading.raw
    }
  }
}
