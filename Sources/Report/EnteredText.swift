// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// A moment as a person enters it: `tompion settime`.
package enum EnteredText {
  /// Why a text is no moment, and what would be right.
  package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
  }

  static let usage =
    "write a time in UTC, 2026-11-22T14:03:20Z, or with an offset, 2026-11-22T15:03:20+01:00, or 14:03:20Z, or @SECONDS since 1970"

  /// Nanoseconds since 1970, UTC. A text without a date is the moment nearest to `now`.
  package static func nanoseconds(_ text: String, now: Int64) -> Result<Int64, Problem> {
    do throws(Problem) {
      return .success(try read(text, now: now))
    } catch {
      return .failure(error)
    }
  }

  private static func read(_ text: String, now: Int64) throws(Problem) -> Int64 {
    var text = Cursor(Array(text.utf8))
    if text.isAtEnd { throw Problem(description: usage) }
    if text.skip("@") {
      let seconds = try text.number(digits: 1...10, "seconds since 1970")
      let fraction = try text.fraction()
      guard text.isAtEnd else { throw Problem(description: usage) }
      guard seconds < Int64.max / 1_000_000_000 else {
        throw Problem(description: "there is no such moment from 1970 to 2262: @9223372035 is the last second")
      }
      return seconds * 1_000_000_000 + fraction
    }
    var day: CivilDay?
    if text.hasDate {
      let year = try text.number(digits: 4...4, "a year of four digits")
      try text.expect("-")
      let month = try text.number(digits: 2...2, "a month of two digits")
      try text.expect("-")
      let number = try text.number(digits: 2...2, "a day of two digits")
      guard let found = CivilDay(year: Int(year), month: Int(month), day: Int(number)), (1970...2261).contains(year)
      else {
        throw Problem(description: "there is no such day from 1970 to 2261")
      }
      day = found
      guard text.skip("T") || text.skip("t") || text.skip(" ") else { throw Problem(description: usage) }
    }
    let seconds = try timeOfDay(&text)
    let fraction = try text.fraction()
    let offset = try zone(&text)
    guard text.isAtEnd else { throw Problem(description: usage) }
    let within = (seconds - offset) * 1_000_000_000 + fraction
    let length: Int64 = 86_400_000_000_000
    if let day { return day.daysSince1970 * length + within }
    // Today's, yesterday's or tomorrow's, whichever is nearest.
    guard (length...(Int64.max - 2 * length)).contains(now) else {
      throw Problem(description: "this host's clock is no help with the date: write it, 2026-11-22T14:03:20Z")
    }
    let today = now - now % length + within
    if today - now > length / 2 { return today - length }
    return now - today > length / 2 ? today + length : today
  }

  private static func timeOfDay(_ text: inout Cursor) throws(Problem) -> Int64 {
    let hour = try text.number(digits: 2...2, "hours of two digits")
    try text.expect(":")
    let minute = try text.number(digits: 2...2, "minutes of two digits")
    let second = text.skip(":") ? try text.number(digits: 2...2, "seconds of two digits") : 0
    guard hour < 24, minute < 60, second < 60 else {
      throw Problem(description: "there is no such time of the day: hours go to 23, minutes and seconds to 59")
    }
    return hour * 3600 + minute * 60 + second
  }

  /// How far the text's time is ahead of UTC, seconds.
  private static func zone(_ text: inout Cursor) throws(Problem) -> Int64 {
    if text.skip("Z") || text.skip("z") { return 0 }
    let isBehind = text.skip("-")
    guard isBehind || text.skip("+") else {
      throw Problem(description: "whose time is it? Z at its end says UTC, +01:00 an hour ahead of it")
    }
    let hour = try text.number(digits: 2...2, "an offset like +01:00", isWhole: false)
    _ = text.skip(":")
    let minute = try text.number(digits: 2...2, "an offset like +01:00")
    guard hour <= 14, minute < 60 else { throw Problem(description: "no place on earth has such an offset from UTC") }
    return (isBehind ? -1 : 1) * (hour * 3600 + minute * 60)
  }

  /// What is still to be read.
  private struct Cursor {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    /// "2026-" and not "14:03".
    var hasDate: Bool { bytes.count > 4 && bytes[4] == UInt8(ascii: "-") }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard at < bytes.count, bytes[at] == UInt8(truncatingIfNeeded: character.value) else { return false }
      at += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Problem) {
      guard skip(character) else { throw Problem(description: EnteredText.usage) }
    }

    /// `isWhole`: no further digit may follow.
    mutating func number(
      digits: ClosedRange<Int>, _ what: String, isWhole: Bool = true
    ) throws(Problem) -> Int64 {
      var (value, count) = (Int64(0), 0)
      while count < digits.upperBound, at < bytes.count, (48...57).contains(bytes[at]) {
        value = value * 10 + Int64(bytes[at] - 48)
        (at, count) = (at + 1, count + 1)
      }
      guard digits.contains(count), !isWhole || at == bytes.count || !(48...57).contains(bytes[at])
      else {
        throw Problem(description: "it needs \(what); \(EnteredText.usage)")
      }
      return value
    }

    /// Nanoseconds behind a point or comma, if there is one; what is beyond nine digits does not count.
    mutating func fraction() throws(Problem) -> Int64 {
      guard skip(".") || skip(",") else { return 0 }
      var (value, scale, count) = (Int64(0), Int64(100_000_000), 0)
      while at < bytes.count, (48...57).contains(bytes[at]), count < 18 {
        value += Int64(bytes[at] - 48) * scale
        (scale, at, count) = (scale / 10, at + 1, count + 1)
      }
      guard count > 0 else { throw Problem(description: "there are no digits behind the point; \(EnteredText.usage)") }
      return value
    }
  }
}
