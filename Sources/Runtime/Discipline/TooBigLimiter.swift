// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// Decides which refused samples reach the event log: of each source the first, then at most one a minute, which says how many more
/// there were. The counters in the status stay exact. [control]
struct TooBigLimiter {
  private var last: [SourceID: (time: RawInstant, more: UInt64)] = [:]

  static let interval = TimeInterval.seconds(60)
  static let capacity = 1024

  /// How many were left out since the last one that was told; nil = this one is left out, too.
  mutating func admit(_ source: SourceID, now: RawInstant) -> UInt64? {
    if let entry = last[source], now - entry.time < Self.interval {
      last[source] = (entry.time, entry.more &+ 1)
      return nil
    }
    let more = last[source]?.more ?? 0
    // Sources come and go, ids with them: what is remembered has a bound.
    if last.count >= Self.capacity { last.removeAll(keepingCapacity: true) }
    last[source] = (now, 0)
    return more
  }

}
