// SPDX-License-Identifier: Apache-2.0

import TimeTypes

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
    let day = CivilDay(secondsSince1970: seconds)
    let time = seconds - day.daysSince1970 * 86_400
    let clock =
      "\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2)).\(padded(rest / 1000, 6))"
    return "\(day.text)T\(clock)Z"
  }

  static func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
