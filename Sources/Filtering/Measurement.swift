// SPDX-License-Identifier: Apache-2.0

/// One exchange as the estimators count it, in seconds against a filter's anchor line.
package struct Measurement: Sendable, BitwiseCopyable, Equatable {
  /// Seconds on the raw counter since the anchor.
  package var time: Double
  /// Reference − anchor line at the middle of the exchange: x plus half of what the way out was queued more than the way back.
  package var offset: Double
  /// Round trip; meaningless when `isOneWay`.
  package var delay: Double
  /// One deviation of the stamps themselves.
  package var stamp: Double
  package var isOneWay: Bool

  @_noAllocation @_noLocks
  package init(time: Double, offset: Double, delay: Double, stamp: Double, isOneWay: Bool = false) {
    self.time = time
    self.offset = offset
    self.delay = delay
    self.stamp = stamp
    self.isOneWay = isOneWay
  }

  /// What the way out showed: x + d/2 + its queue. The clock cannot be ahead of it.
  var forward: Double { @_noAllocation @_noLocks get { offset + 0.5 * delay } }
  /// What the way back showed: −x + d/2 + its queue.
  var backward: Double { @_noAllocation @_noLocks get { 0.5 * delay - offset } }
}
