// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RTC

@Suite struct EpochTextTests {
  static func seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    return EpochText.seconds(bytes.span)
  }

  @Test(arguments: [("1795219200\n", 1_795_219_200), ("0\n", 0), ("-1\n", -1), ("999999999999", 999_999_999_999)])
  func good(text: String, seconds: Int64) { #expect(Self.seconds(text) == seconds) }

  @Test(arguments: [
    "", "\n", "-\n", "-", "--1\n", "+1\n", "1-\n", "1 2", "17952192x0\n", "1000000000000\n", "9223372036854775808",
    "12\n\n", "\0",
  ])
  func bad(text: String) { #expect(Self.seconds(text) == nil) }
}
