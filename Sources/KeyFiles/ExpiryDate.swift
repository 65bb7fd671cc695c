// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// When a key ends: the end of a day in UTC, or a moment.
package struct ExpiryDate: Equatable, Sendable {
  /// The first second since 1970 at which the key is no longer good.
  package let end: Int64

  /// Held to the years 1970 to 9999.
  package init(end: Int64) { self.end = min(max(end, 0), 253_402_300_800) }

  /// "2027-06-30" is good to the end of that day; "2027-06-30T12:00:00Z" ends at noon. Years 1970 to 9999.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 || bytes.count == 20 else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    let hyphen = UInt8(ascii: "-")
    guard bytes[4] == hyphen, bytes[7] == hyphen, let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10), year >= 1970, let date = CivilDay(year: Int(year), month: Int(month), day: Int(day))
    else { return nil }
    let midnight = date.daysSince1970 * 86_400
    guard bytes.count == 20 else {
      end = midnight + 86_400
      return
    }
    guard bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      bytes[19] == UInt8(ascii: "Z"), let hour = number(11..<13), let minute = number(14..<16),
      let second = number(17..<19), hour < 24, minute < 60, second < 60
    else { return nil }
    end = midnight + hour * 3600 + minute * 60 + second
  }

  /// As it may be written: a day where it ends with one, else a moment.
  package var text: String {
    let isDay = end % 86_400 == 0 && end > 0
    let (days, seconds) = (isDay ? end / 86_400 - 1 : end / 86_400, end % 86_400)
    let day = CivilDay(daysSince1970: days).text
    if isDay { return day }
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
    return "\(day)T\(clock.joined(separator: ":"))Z"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
