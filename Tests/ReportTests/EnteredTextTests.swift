// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Report

@Suite("Times that a person enters")
struct EnteredTextTests {
  /// 2026-11-22T14:03:20Z.
  static let moment: Int64 = 1_795_356_200_000_000_000
  static let hour: Int64 = 3_600_000_000_000

  static func read(_ text: String, now: Int64 = moment) -> Int64? { try? EnteredText.nanoseconds(text, now: now).get() }

  @Test(
    "every way to write it",
    arguments: [
      "2026-11-22T14:03:20Z", "2026-11-22 14:03:20z", "2026-11-22t15:03:20+01:00", "2026-11-22T09:33:20-0430",
      "2026-11-23T00:03:20+10:00", "@1795356200", "14:03:20Z", "15:03:20.000000000+01:00",
    ])
  func ways(text: String) { #expect(Self.read(text) == Self.moment) }

  @Test("what is printed can be entered")
  func round() { #expect(Self.read(UTCText.text(Self.moment + 123_456_000)) == Self.moment + 123_456_000) }

  @Test("fractions")
  func fractions() {
    #expect(Self.read("14:03:20.5Z") == Self.moment + 500_000_000)
    #expect(Self.read("@1795356200,000000001999") == Self.moment + 1)
    #expect(Self.read("@9223372035.9") == 9_223_372_035_900_000_000)
    #expect(Self.read("14:03Z") == Self.moment - 20_000_000_000)
  }

  @Test("without a date it is the nearest")
  func nearest() {
    #expect(Self.read("23:59:00Z", now: Self.moment - 14 * Self.hour) == Self.moment - 14 * Self.hour - 260_000_000_000)
    #expect(
      Self.read("00:01:00Z", now: Self.moment + 9 * Self.hour + 3_300_000_000_000)
        == Self.moment + 9 * Self.hour + 3_460_000_000_000)
    #expect(Self.read("12:00:00Z", now: 0) == nil, "a clock at 1970 is no help")
  }

  @Test(
    "what is no time is refused with what would be right",
    arguments: [
      ("", "write a time"), ("now", "hours of two digits"), ("14:03:20", "Z at its end"),
      ("2026-11-22", "write a time"), ("2026-02-29T00:00:00Z", "no such day"), ("2026-13-01T00:00:00Z", "no such day"),
      ("1969-12-31T00:00:00Z", "1970"), ("2262-01-01T00:00:00Z", "2261"), ("24:00:00Z", "hours go to 23"),
      ("23:59:60Z", "seconds to 59"), ("14:03:20+15:00", "no place on earth"), ("14:03:20Z and more", "write a time"),
      ("@", "seconds since 1970"), ("@9223372036", "no such moment"), ("@9999999999.9", "no such moment"),
      ("@99999999999", "seconds since 1970"), ("14:03:20.Z", "no digits behind"),
      ("@-1", "seconds since 1970"), ("1:03:20Z", "hours of two digits"),
      ("2026-1-02T00:00:00Z", "month of two digits"),
      ("14:03:20\u{0}Z", "Z at its end"), ("١٤:٠٣:٢٠Z", "hours of two digits"),
    ])
  func wrong(text: String, advice: String) {
    guard case .failure(let problem) = EnteredText.nanoseconds(text, now: Self.moment) else {
      Issue.record("\(text) was taken")
      return
    }
    #expect(problem.description.contains(advice), "\(problem)")
  }

  @Test("any bytes are answered, never trapped on")
  func hostile() {
    var state: UInt64 = 88172645463325252
    let letters = Array("0123456789-:TZ+.@ ".utf8)
    for _ in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(state % 40) {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        bytes.append(letters[Int(state % UInt64(letters.count))])
      }
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      for now in [Int64.min, 0, Self.moment, .max] {
        _ = EnteredText.nanoseconds(String(decoding: bytes, as: UTF8.self), now: now)
      }
    }
  }
}
