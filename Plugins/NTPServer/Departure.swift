// SPDX-License-Identifier: Apache-2.0

import NTPWire
package import TimeTypes

/// The clock as read last before a batch of replies leaves, and the transmit timestamp that it makes of all of them.
package struct Departure: Sendable, BitwiseCopyable {
  let stamp: Stamp
  let timestamp: UInt64

  package init(_ stamp: Stamp) {
    self.stamp = stamp
    timestamp = NTPTimestamp(utcSince1970: stamp.time).rawValue
  }

  /// The receive timestamp of a request. A step of the clock since then is undone: the time is counted back from the departure on
  /// the raw clock, so that both timestamps are of one era.
  @_noLocks @_noAllocation
  func arrival(_ received: Stamp) -> UInt64 {
    let sameLine = received.kind != .none && received.era == stamp.era && received.clock == stamp.clock
    let time = sameLine ? received.time : stamp.time - (stamp.raw - received.raw)
    return NTPTimestamp(utcSince1970: time).rawValue
  }
}
