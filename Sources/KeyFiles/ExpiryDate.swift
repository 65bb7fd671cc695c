// SPDX-License-Identifier: Apache-2.0

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
      let day = number(8..<10), year >= 1970, (1...12).contains(month), day >= 1, day <= Self.days(month, of: year)
    else { return nil }
    let midnight = Self.daysSince1970(year, month, day) * 86_400
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
    let date = Self.date(days)
    let day = "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
    if isDay { return day }
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
    return "\(day)T\(clock.joined(separator: ":"))Z"
  }

  private static func days(_ month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Years are counted from March, so that the leap day comes last.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    var (year, rest) = (Int64(1970), days)
    while true {
      let length = Int64(Self.days(2, of: year) == 29 ? 366 : 365)
      if rest < length { break }
      (year, rest) = (year + 1, rest - length)
    }
    var month: Int64 = 1
    while rest >= Self.days(month, of: year) { (month, rest) = (month + 1, rest - Self.days(month, of: year)) }
    return (year, month, rest + 1)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
