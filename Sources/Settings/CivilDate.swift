// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// A day of the proleptic Gregorian calendar.
struct CivilDate: Equatable {
  var year: Int64
  var month: Int64
  var day: Int64

  /// The day of a moment in UTC. The arithmetic counts years from March, so that the leap day comes last.
  init(_ time: Instant<UTC>) {
    var seconds = time.nanoseconds / 1_000_000_000
    if time.nanoseconds < 0, time.nanoseconds % 1_000_000_000 != 0 { seconds -= 1 }
    var days = seconds / 86_400
    if seconds % 86_400 < 0 { days -= 1 }
    // Days since 0000-03-01, in eras of 400 years of 146,097 days.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// "2025-06-28".
  var text: String { "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)" }
}
