// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

extension CivilDay {
  /// A day as receivers write it; nil = there is no such day from 1980 (GPS time began) to 2261, the last year whose
  /// nanoseconds since 1970 fit.
  package static func ofReceiver(year: Int, month: Int, day: Int) -> CivilDay? {
    (1980...2261).contains(year) ? CivilDay(year: year, month: month, day: day) : nil
  }
}

/// A time of day as receivers write it: a leap second is second 60.
package struct CivilTime: Hashable, Sendable, BitwiseCopyable {
  package let hour: Int
  package let minute: Int
  package let second: Int
  package let nanosecond: Int

  /// nil = there is no such time; second 60 only as the last of an hour's last minute, where leap seconds are.
  package init?(hour: Int, minute: Int, second: Int, nanosecond: Int = 0) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
      (0...999_999_999).contains(nanosecond), second < 60 || minute == 59
    else { return nil }
    (self.hour, self.minute, self.second, self.nanosecond) = (hour, minute, second, nanosecond)
  }

  package var isLeapSecond: Bool { second == 60 }

  /// Since midnight; a leap second is one beyond the second before.
  package var nanoseconds: Int64 {
    Int64((hour * 60 + minute) * 60 + second) * 1_000_000_000 + Int64(nanosecond)
  }
}
