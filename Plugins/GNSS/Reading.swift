// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What a receiver said of a moment, whichever way it came: the time of the reference, and this host's clock then.
package struct Reading: Hashable, Sendable, BitwiseCopyable {
  /// How well the moment is known.
  package enum Grade: Hashable, Sendable, BitwiseCopyable {
    /// The arrival of a message on a line: milliseconds.
    case serial
    /// A pulse: microseconds and less.
    case pulse
  }

  /// UTC, ns since 1970.
  package var reference: Int64
  /// This host's clock when that was so (or, of a serial line, `delay` after it was).
  package var stamp: Stamp
  package var grade: Grade
  /// It is within a leap second, which has no number of its own.
  package var isLeapSecond = false
  /// Which second it is was not said: only the fraction counts.
  package var isFraction = false
  /// log2 s, as the source says.
  package var precision: Int8
  /// How wrong the receiver thinks that it is, ns; 0 = it does not say.
  package var accuracy: UInt64 = 0

  package init(reference: Int64, stamp: Stamp, grade: Grade, precision: Int8) {
    (self.reference, self.stamp, self.grade, self.precision) = (reference, stamp, grade, precision)
  }
}
