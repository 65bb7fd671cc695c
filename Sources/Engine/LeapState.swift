// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What is known of leap seconds: the table's word, or else that of a majority of survivors.
struct LeapState: BitwiseCopyable {
  var taiOffset: Int16?
  var table: LeapTable?
  /// Shown to everyone during the last day before the leap.
  var armed = LeapIndicator.none
  /// UTC of the second after the leap, nanoseconds since 1970; meaningful while armed.
  var moment: Int64 = 0
  /// The clock may move by itself (the kernel's leap) until then.
  var expectedUntil: RawInstant?

  @_noAllocation @_noLocks
  init() {}

  @_noAllocation @_noLocks
  func isExpected(at now: RawInstant) -> Bool {
    if let expectedUntil { return now < expectedUntil }
    return false
  }

  /// The end of the UTC day, if it is the last of June or December and leap seconds may come then; else nil.
  @_noAllocation @_noLocks
  static func leapDayEnd(_ time: TimeInterval) -> Int64? {
    let day: Int64 = 86_400_000_000_000
    let count = time.nanoseconds / day
    guard time.nanoseconds > 0, count < 1_000_000 else { return nil }
    // The civil date of the next day, by counting from 0000-03-01, so that leap days fall on the ends of years.
    let shifted = count + 1 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    // Month 4 counted from March is July, month 10 is January.
    return dayOfMonth == 1 && (month == 4 || month == 10) ? (count + 1) * day : nil
  }
}
