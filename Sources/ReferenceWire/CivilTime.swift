// SPDX-License-Identifier: Apache-2.0

/// A day of the Gregorian calendar as receivers write it.
package struct CivilDay: Hashable, Sendable, BitwiseCopyable {
  package let year: Int
  package let month: Int
  package let day: Int

  /// nil = there is no such day from 1980 (GPS time began) to 2399.
  package init?(year: Int, month: Int, day: Int) {
    guard (1980...2399).contains(year), (1...12).contains(month), day >= 1, day <= Self.length(year, month) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  private static func length(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Since 1970-01-01. Years are counted from March, so that the leap day is the last of its year.
  package var daysSince1970: Int64 {
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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
