// SPDX-License-Identifier: Apache-2.0

/// A moment as text: ISO 8601, UTC.
package enum UTCText {
  /// "2026-11-21T05:03:07.123456Z" of nanoseconds since 1970, cut (not rounded) to microseconds.
  package static func text(_ nanoseconds: Int64) -> String {
    let second: Int64 = 1_000_000_000
    var seconds = nanoseconds / second
    var rest = nanoseconds % second
    if rest < 0 {
      rest += second
      seconds -= 1
    }
    var days = seconds / 86_400
    var time = seconds % 86_400
    if time < 0 {
      time += 86_400
      days -= 1
    }
    let (year, month, day) = civil(days)
    let clock =
      "\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2)).\(padded(rest / 1000, 6))"
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)Z"
  }

  /// Year, month and day of a number of days since 1970-01-01, proleptic Gregorian; years counted from March.
  static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    return (
      yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
      dayOfYear - (153 * month + 2) / 5 + 1
    )
  }

  static func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
