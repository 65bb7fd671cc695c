// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ReferenceWire

@Suite struct DecimalTests {
  static func billionths(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    return Decimal.billionths(bytes.span, 0..<bytes.count)
  }

  @Test func numbers() {
    for (text, value) in [
      ("0", 0), ("1", 1_000_000_000), ("-1.5", -1_500_000_000), ("+0.000000001", 1), (".25", 250_000_000),
      ("3.", 3_000_000_000), ("5e-3", 5_000_000), ("1E2", 100_000_000_000), ("0.0000000019", 1), ("0e999", 0),
      ("9223372036.854775807", 9_223_372_036_854_775_800), ("000000000000000000000001", 1_000_000_000), ("1e-999", 0),
    ] as [(String, Int64)] { #expect(Self.billionths(text) == value, "\(text)") }
    for text in ["", "-", ".", "e5", "1e", "1e+", "1x", "1.2.3", "9223372036.9", "1e30", "nan", "1e1000", "--1", " 1"] {
      #expect(Self.billionths(text) == nil, "\(text)")
    }
  }

  @Test func digits() {
    func digits(_ range: Range<Int>, limit: Int = 9, of text: String = "0123456789") -> Int? {
      let bytes = Array(text.utf8)
      return Decimal.digits(bytes.span, range, limit: limit)
    }
    #expect(digits(1..<4) == 123)
    #expect(digits(0..<10) == nil, "longer than wanted")
    #expect(digits(0..<10, limit: 10) == 123_456_789)
    #expect(digits(4..<4) == nil && digits(8..<11) == nil)
    #expect(digits(0..<3, of: "12a") == nil)
  }
}
