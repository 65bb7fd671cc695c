// SPDX-License-Identifier: Apache-2.0

/// The poll interval of one source, by the jiggle counter of RFC 5905, section 12: offsets within the jitter make it count up
/// and finally poll less often, offsets beyond it count down twice as fast.
package struct PollControl: Sendable, BitwiseCopyable, Equatable {
  /// PGATE: an offset within so many jitters is calm.
  package static var gate: Double { @_noAllocation @_noLocks get { 4 } }
  /// LIMIT: the count that changes the interval.
  package static var limit: Int { @_noAllocation @_noLocks get { 30 } }

  /// log2 seconds.
  package private(set) var poll: Int8
  package private(set) var minimum: Int8
  package private(set) var maximum: Int8
  package private(set) var counter = 0

  @_noAllocation @_noLocks
  package init(minimum: Int8, maximum: Int8) {
    self.minimum = minimum
    self.maximum = maximum > minimum ? maximum : minimum
    self.poll = minimum
  }

  /// New bounds; the interval moves into them.
  @_noAllocation @_noLocks
  package mutating func bound(minimum: Int8, maximum: Int8) {
    self.minimum = minimum
    self.maximum = maximum > minimum ? maximum : minimum
    if poll < self.minimum { poll = self.minimum }
    if poll > self.maximum { poll = self.maximum }
  }

  /// Takes in a sample's distance from what was expected, with the jitter that is usual; true when the interval changed.
  @_noAllocation @_noLocks
  package mutating func update(residual: Double, jitter: Double) -> Bool {
    // At intervals of a second and less the exponent itself would not count.
    let weight = poll > 2 ? Int(poll) : 2
    if residual.magnitude <= Self.gate * jitter {
      counter += weight
      if counter >= Self.limit {
        counter = 0
        if poll < maximum {
          poll += 1
          return true
        }
      }
    } else {
      counter -= 2 * weight
      if counter <= -Self.limit {
        counter = 0
        if poll > minimum {
          poll -= 1
          return true
        }
      }
    }
    return false
  }

  /// Back to the shortest interval, as after a jump of the clock; true when that is a change.
  @_noAllocation @_noLocks
  package mutating func restart() -> Bool {
    counter = 0
    if poll == minimum { return false }
    poll = minimum
    return true
  }
}
