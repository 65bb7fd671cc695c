// SPDX-License-Identifier: Apache-2.0

/// Finds the line on which a member or an element of a JSON text stands. The text has been parsed before: it is valid.
struct JSONLocator {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// `path`: keys below "scenarios" joined by dots, indices in brackets; or a key of the top itself. The line of its last part that
  /// is there, counted from 1.
  func line(of path: String) -> Int {
    var locator = self
    var found = 0
    var steps = path.split(separator: ".").flatMap(Self.steps)
    if path != "scenarios" { steps.insert(.key("scenarios"), at: 0) }
    for step in steps {
      guard let place = locator.enter(step) else { break }
      found = place
    }
    return 1 + text[..<found].count { $0 == UInt8(ascii: "\n") }
  }

  private enum Step {
    case key(String)
    case index(Int)
  }

  /// "values[3]" is a key and an index.
  private static func steps(_ part: Substring) -> [Step] {
    let words = part.split(separator: "[")
    return words.enumerated().map { number, word in
      if number > 0, word.hasSuffix("]"), let index = Int(word.dropLast()) { return .index(index) }
      return .key(String(word))
    }
  }

  /// Goes to the value of a member or element of the one that begins here; tells where its key, or itself, begins.
  private mutating func enter(_ step: Step) -> Int? {
    skipSpace()
    switch (step, next) {
    case (.key(let name), UInt8(ascii: "{")):
      position += 1
      while skipSpace(), next != UInt8(ascii: "}"), next != nil {
        let start = position
        skipValue()
        let isIt = text[start..<min(position, text.count)].elementsEqual("\"\(name)\"".utf8)
        skipSpace()
        position += 1
        if isIt { return start }
        skipSpace()
        skipValue()
        skipComma()
      }
    case (.index(let wanted), UInt8(ascii: "[")):
      position += 1
      var index = 0
      while skipSpace(), next != UInt8(ascii: "]"), next != nil {
        if index == wanted { return position }
        skipValue()
        skipComma()
        index += 1
      }
    default: break
    }
    return nil
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  /// Always true, for use in conditions.
  @discardableResult
  private mutating func skipSpace() -> Bool {
    while let byte = next, byte <= UInt8(ascii: " ") { position += 1 }
    return true
  }

  private mutating func skipComma() {
    skipSpace()
    if next == UInt8(ascii: ",") { position += 1 }
  }

  /// A whole value: to its end at the depth where it began.
  private mutating func skipValue() {
    var depth = 0
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""): skipText()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0...UInt8(ascii: " "):
        if depth == 0 { return }
        position += 1
      default: position += 1
      }
      if depth == 0, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { return }
    }
  }

  private mutating func skipText() {
    position += 1
    while let byte = next, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
    position += 1
  }
}
