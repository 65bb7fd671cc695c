// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// One [[source]] of provider "phc", checked: what its logic needs.
package struct HardwareClockOptions: Hashable, Sendable, BitwiseCopyable {
  package enum Timescale: String, Hashable, Sendable, BitwiseCopyable {
    case tai
    case utc
  }

  /// What the clock keeps.
  package var timescale = Timescale.tai
  /// Added to what it shows.
  package var offset = TimeInterval.zero
  /// A whole number of seconds is found out and added.
  package var findsOffset = false
  /// One sample every 2^poll seconds, the best of so many readings.
  package var poll: Int8 = 0
  package var readings = 4
  /// What may be wrong with all readings alike: a part of the bounds.
  package var accuracy = TimeInterval.zero
  /// A clock that jumped is not believed for so long, unless the followed time agrees with it.
  package var hold = TimeInterval.seconds(900)
  package var prefer = false
  package var noselect = false
  package var trust = false
  package var require = false

  package init() {}

  /// Between two readings, ms.
  package var readingInterval: UInt32 {
    let period = poll >= 0 ? Int64(1000) << Int64(min(poll, 10)) : Int64(1000) >> Int64(min(-poll, 4))
    return UInt32(clamping: max(period / Int64(max(readings, 1)), Int64(25)))
  }
}
