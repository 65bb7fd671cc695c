// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers in text, without floating point: what does not fit is no number. [any]
enum Decimal {
  /// Digits alone, at most `limit` of them; nil = anything else.
  static func digits(_ text: Span<UInt8>, _ range: Range<Int>, limit: Int = 9) -> Int? {
    guard !range.isEmpty, range.count <= min(limit, 18), range.lowerBound >= 0, range.upperBound <= text.count else {
      return nil
    }
    var value = 0
    for index in range {
      let digit = text[index] &- 48
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  /// A number with sign, fraction and exponent ("-1.5e-3") in units of 10^-9; nil = no number, or beyond ±9.2·10⁹. Digits below
  /// 10^-9 are cut off.
  static func billionths(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    var index = range.lowerBound
    guard range.lowerBound >= 0, range.upperBound <= text.count, range.count <= 40 else { return nil }
    var isNegative = false
    if index < range.upperBound, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var digits: UInt64 = 0
    var scale = 9
    var count = 0
    var hasPoint = false
    while index < range.upperBound {
      let byte = text[index]
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else if byte &- 48 < 10 {
        count += 1
        // Beyond 18 significant digits only the scale counts.
        if digits < 100_000_000_000_000_000 {
          digits = digits * 10 + UInt64(byte &- 48)
          if hasPoint { scale -= 1 }
        } else if !hasPoint {
          scale += 1
        }
      } else {
        break
      }
      index += 1
    }
    guard count > 0 else { return nil }
    if index < range.upperBound {
      guard text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E") else { return nil }
      index += 1
      var isSmall = false
      if index < range.upperBound, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        isSmall = text[index] == UInt8(ascii: "-")
        index += 1
      }
      guard let exponent = Self.digits(text, index..<range.upperBound, limit: 3) else { return nil }
      scale += isSmall ? -exponent : exponent
    }
    while scale < 0, digits > 0 {
      digits /= 10
      scale += 1
    }
    while scale > 0, digits > 0 {
      let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      digits = product
      scale -= 1
    }
    guard digits <= UInt64(Int64.max) else { return nil }
    return isNegative ? -Int64(digits) : Int64(digits)
  }
}
