// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// When the host's own clock may stand in, and as what.
package struct LocalOptions: Hashable, Sendable, BitwiseCopyable {
  /// 1…15: what it is served as.
  package var stratum: UInt8 = 10
  /// Of several hosts at that stratum one leads.
  package var isOrphan = false
  /// Real time counts as lost when the root distance has grown to this.
  package var distance = TimeInterval.seconds(1)
  /// So long after the start real time is waited for, unless it was there before.
  package var wait = TimeInterval.seconds(300)
  /// The most that is told of the own clock's error.
  package var dispersion = TimeInterval.seconds(1)

  package init() {}
}
