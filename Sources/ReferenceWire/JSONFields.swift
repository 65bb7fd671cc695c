// SPDX-License-Identifier: Apache-2.0

/// The members of one JSON object of one line, one after the other, without a tree: what gpsd sends is flat where it matters (gpsd_json(5)).
///
/// Strict enough to refuse what is no object, and no more: numbers are read where they are wanted, strings are left as they stand (none that
/// is read here has escapes), objects and arrays inside are passed over. The text is an argument of each call, the same as at the first.
struct JSONFields {
  enum Value: Hashable, Sendable {
    /// Without its quotation marks.
    case string(Range<Int>)
    /// A number, true, false or null.
    case literal(Range<Int>)
    case nested
  }

  private var index: Int
  /// The line is no object.
  private(set) var isBroken = false
  private var isFirst = true

  init(_ text: Span<UInt8>) {
    index = 0
    skipBlanks(text)
    guard index < text.count, text[index] == UInt8(ascii: "{") else {
      isBroken = true
      return
    }
    index += 1
  }

  /// The next member's name and value; nil = the object has ended, or is broken.
  mutating func next(_ text: Span<UInt8>) -> (name: Range<Int>, value: Value)? {
    guard !isBroken else { return nil }
    skipBlanks(text)
    if index < text.count, text[index] == UInt8(ascii: "}") {
      index += 1
      skipBlanks(text)
      if index < text.count { isBroken = true }
      index = text.count
      return nil
    }
    if !isFirst {
      guard take(text, UInt8(ascii: ",")) else { return fail() }
      skipBlanks(text)
    }
    isFirst = false
    guard let name = string(text) else { return fail() }
    skipBlanks(text)
    guard take(text, UInt8(ascii: ":")) else { return fail() }
    skipBlanks(text)
    guard let value = value(text) else { return fail() }
    return (name, value)
  }

  /// Whether the text in a range is this one.
  func isText(_ text: Span<UInt8>, _ range: Range<Int>, _ other: StaticString) -> Bool {
    guard range.count == other.utf8CodeUnitCount else { return false }
    var position = range.lowerBound
    for scalar in other.description.utf8 {
      guard text[position] == scalar else { return false }
      position += 1
    }
    return true
  }

  private mutating func fail() -> (name: Range<Int>, value: Value)? {
    isBroken = true
    return nil
  }

  private mutating func skipBlanks(_ text: Span<UInt8>) {
    while index < text.count, [32, 9, 10, 13].contains(text[index]) { index += 1 }
  }

  private mutating func take(_ text: Span<UInt8>, _ byte: UInt8) -> Bool {
    guard index < text.count, text[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func string(_ text: Span<UInt8>) -> Range<Int>? {
    guard take(text, UInt8(ascii: "\"")) else { return nil }
    let start = index
    while index < text.count, text[index] != UInt8(ascii: "\"") {
      index += text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard index < text.count else { return nil }
    index += 1
    return start..<index - 1
  }

  private mutating func value(_ text: Span<UInt8>) -> Value? {
    guard index < text.count else { return nil }
    switch text[index] {
    case UInt8(ascii: "\""): return string(text).map(Value.string)
    case UInt8(ascii: "{"), UInt8(ascii: "["): return skipNested(text) ? .nested : nil
    default:
      let start = index
      while index < text.count, ![UInt8(ascii: ","), UInt8(ascii: "}"), 32, 9].contains(text[index]) { index += 1 }
      return index > start ? .literal(start..<index) : nil
    }
  }

  /// Brackets are counted, not matched: what is inside is nobody's business.
  private mutating func skipNested(_ text: Span<UInt8>) -> Bool {
    var depth = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        guard string(text) != nil else { return false }
        continue
      default: break
      }
      index += 1
      if depth == 0 { return true }
    }
    return false
  }
}
