// SPDX-License-Identifier: Apache-2.0

/// Numbers of addresses, prefixes and ports as they are written: digits alone, no sign, no space, no leading zero, which some take
/// for octal (inet_aton(3)) and others do not.
package enum DecimalText {
  /// nil = it is no such number, or above `limit` (at most 65535).
  package static func number(_ text: some StringProtocol, limit: Int) -> Int? { number(text.utf8, limit: limit) }

  static func number(_ digits: some Collection<UInt8>, limit: Int) -> Int? {
    guard let first = digits.first, digits.count <= 5, first != UInt8(ascii: "0") || digits.count == 1 else {
      return nil
    }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value <= limit ? value : nil
  }
}
