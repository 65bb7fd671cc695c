// SPDX-License-Identifier: Apache-2.0

/// A sentence of NMEA 0183 ("$GPRMC,…*5A"), checked: who talks, which sentence it is, and where its fields are. The text is an argument
/// of each call, the same as at the first.
///
/// The checksum is required: on a serial line without flow control a lost byte makes another time of the one that was sent.
package struct NMEASentence: Sendable {
  /// What is read of receivers.
  package enum Kind: Hashable, Sendable {
    /// Recommended minimum: time, date, validity.
    case rmc
    /// Time and date with a year of four digits.
    case zda
    /// Fix: time, quality, satellites.
    case gga
    /// Position: time and validity.
    case gll
    /// Active satellites: how much of a fix there is. It has no time.
    case gsa
  }

  package enum Fault: Error, Hashable, Sendable {
    /// Not from "$" to "*" and two hexadecimal digits, or longer than any sentence.
    case form
    case checksum
    /// Nothing that is read here: not an error of the line.
    case kind
  }

  /// The standard says 82 bytes; receivers with more digits write more.
  package static let longest = 128
  /// More fields than any sentence has are not looked at.
  private static let fieldLimit = 24

  package let kind: Kind
  /// Two letters: "GP", "GN", "GL", "GA", "GB".
  package let talker: UInt16
  /// Where each field begins; the last one is where the checksum's star is, plus one.
  private var starts: InlineArray<25, UInt8>
  package private(set) var count: Int

  /// - Parameter text: from "$" on; a line end is passed over.
  package init(_ text: Span<UInt8>) throws(Fault) {
    var end = text.count
    while end > 0, text[end - 1] == 13 || text[end - 1] == 10 { end -= 1 }
    guard end >= 10, end <= Self.longest, text[0] == UInt8(ascii: "$"), text[end - 3] == UInt8(ascii: "*"),
      let high = Self.hexadecimal(text[end - 2]), let low = Self.hexadecimal(text[end - 1])
    else { throw .form }
    let star = end - 3
    var sum: UInt8 = 0
    for index in 1..<star {
      guard (32...126).contains(text[index]), text[index] != UInt8(ascii: "$") else { throw .form }
      sum ^= text[index]
    }
    guard sum == high << 4 | low else { throw .checksum }
    guard star >= 7, text[6] == UInt8(ascii: ","), text[1] != UInt8(ascii: "P"),
      let kind = Self.kind(text[3], text[4], text[5])
    else { throw .kind }
    self.kind = kind
    talker = UInt16(text[1]) << 8 | UInt16(text[2])
    starts = InlineArray(repeating: 0)
    var count = 0
    for index in 6..<star where text[index] == UInt8(ascii: ",") && count < Self.fieldLimit {
      starts[count] = UInt8(index + 1)
      count += 1
    }
    starts[count] = UInt8(star + 1)
    // Where there are more fields than places the last one ends where it should not: it is not looked at.
    if count == Self.fieldLimit { count -= 1 }
    self.count = count
  }

  /// Where a field is, without its commas; empty = it is, or there is none.
  func field(_ index: Int) -> Range<Int> {
    guard index >= 0, index < count else { return 0..<0 }
    return Int(starts[index])..<max(Int(starts[index]), Int(starts[index + 1]) - 1)
  }

  /// The first byte of a field, nil = it is empty.
  func letter(_ text: Span<UInt8>, _ index: Int) -> UInt8? {
    let place = field(index).lowerBound
    return field(index).isEmpty || place >= text.count ? nil : text[place]
  }

  func number(_ text: Span<UInt8>, _ index: Int, limit: Int = 9) -> Int? {
    Decimal.digits(text, field(index), limit: limit)
  }

  /// Digits of a field from its `offset`th on.
  func digits(_ text: Span<UInt8>, _ index: Int, at offset: Int, _ length: Int) -> Int? {
    let field = field(index)
    guard offset >= 0, length > 0, offset + length <= field.count else { return nil }
    let start = field.lowerBound + offset
    return Decimal.digits(text, start..<start + length)
  }

  /// "hhmmss" and perhaps a fraction.
  func time(_ text: Span<UInt8>, _ index: Int) -> CivilTime? {
    let field = field(index)
    guard let hour = digits(text, index, at: 0, 2), let minute = digits(text, index, at: 2, 2),
      let second = digits(text, index, at: 4, 2)
    else { return nil }
    let point = field.lowerBound + 6
    var nanosecond = 0
    if field.count > 6 {
      guard point < text.count, text[point] == UInt8(ascii: ".") else { return nil }
      // "120000." has nothing behind its point.
      if field.count > 7 {
        guard let fraction = Decimal.billionths(text, point..<field.upperBound), fraction < 1_000_000_000 else {
          return nil
        }
        nanosecond = Int(fraction)
      }
    }
    return CivilTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond)
  }

  private static func kind(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Kind? {
    switch (a, b, c) {
    case (UInt8(ascii: "R"), UInt8(ascii: "M"), UInt8(ascii: "C")): .rmc
    case (UInt8(ascii: "Z"), UInt8(ascii: "D"), UInt8(ascii: "A")): .zda
    case (UInt8(ascii: "G"), UInt8(ascii: "G"), UInt8(ascii: "A")): .gga
    case (UInt8(ascii: "G"), UInt8(ascii: "L"), UInt8(ascii: "L")): .gll
    case (UInt8(ascii: "G"), UInt8(ascii: "S"), UInt8(ascii: "A")): .gsa
    default: nil
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
