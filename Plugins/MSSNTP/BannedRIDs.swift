// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// RIDs whose request ended the connection to the signing daemon, for some minutes: asked for again and again, each would take everybody
/// else's replies along. Fixed memory, one thread's.
package struct BannedRIDs {
  private var rids = [UInt32](repeating: 0, count: capacity)
  private var until = [RawInstant](repeating: RawInstant(nanoseconds: .min), count: capacity)
  /// The place of the next one: the oldest makes room.
  private var next = 0
  package static let capacity = 128
  package static let duration = TimeInterval.seconds(300)

  package init() {}

  package mutating func ban(_ rid: UInt32, now: RawInstant) {
    rids[next] = rid
    until[next] = now + Self.duration
    next = (next + 1) % Self.capacity
  }

  package func contains(_ rid: UInt32, now: RawInstant) -> Bool {
    rids.indices.contains { rids[$0] == rid && until[$0] > now }
  }
}
