// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyFiles
import TestSupport
import Testing

@Suite("When a key ends")
struct ExpiryDateTests {
  @Test("days and moments, beside Foundation's calendar")
  func calendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<500 {
      let seconds = Int64.random(in: 1..<253_402_300_800, using: &generator)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
      let values = [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second].map { $0 ?? 0 }
      let text = String(
        format: "%04d-%02d-%02dT%02d:%02d:%02dZ", values[0], values[1], values[2], values[3], values[4], values[5])
      #expect(ExpiryDate(text)?.end == seconds)
      #expect(ExpiryDate(ExpiryDate(end: seconds).text)?.end == seconds)
      let day = String(text.prefix(10))
      #expect(ExpiryDate(day)?.end == seconds / 86_400 * 86_400 + 86_400)
      #expect(ExpiryDate(day)?.text == day)
    }
  }

  @Test(
    "nonsense",
    arguments: [
      "", "2027", "2027-13-01", "2027-00-01", "2027-01-00", "2027-04-31", "2027-02-29", "2100-02-29", "1969-12-31",
      "2027/01/01", "2027-1-001",
      "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z", "2027-01-01T00:00:60Z", "2027-01-01 00:00:00Z",
      "2027-01-01T00:00:00+", "+027-01-01",
    ])
  func wrong(text: String) { #expect(ExpiryDate(text) == nil) }

  @Test("out of range is held to it") func range() {
    #expect(ExpiryDate(end: .min).end == 0 && ExpiryDate(end: .max).text == "9999-12-31")
  }
}
