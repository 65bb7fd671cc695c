// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
  /// Reads one JSON text (RFC 8259). Of members with the same name the first counts. Numbers beyond Int64 become reals.
  package init(decoding text: some Sequence<UInt8>) throws(JSONError) {
    var reader = JSONReader(bytes: Array(text))
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == reader.bytes.count else { throw .unexpected(offset: reader.position) }
    self = value
  }
}

/// A position in a JSON text. Every read is checked against the end; nesting is limited.
private struct JSONReader {
  let bytes: [UInt8]
  var position = 0

  static let maximumDepth = 32

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func skipSpace() {
    while position < bytes.count, [32, 9, 10, 13].contains(bytes[position]) { position += 1 }
  }

  /// The byte here, without taking it.
  func peek() throws(JSONError) -> UInt8 {
    guard position < bytes.count else { throw .incomplete }
    return bytes[position]
  }

  mutating func take(_ text: String, as value: JSONValue) throws(JSONError) -> JSONValue {
    for expected in text.utf8 {
      guard try peek() == expected else { throw .unexpected(offset: position) }
      position += 1
    }
    return value
  }

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= Self.maximumDepth else { throw .tooDeep }
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "n"): return try take("null", as: .null)
    case UInt8(ascii: "t"): return try take("true", as: .boolean(true))
    case UInt8(ascii: "f"): return try take("false", as: .boolean(false))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "{"): return try object(depth: depth)
    default: return try number()
    }
  }

  mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if try isEnd(UInt8(ascii: "]")) { return .array(elements) }
    }
  }

  mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var members: [JSONMember] = []
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard try peek() == UInt8(ascii: "\"") else { throw .unexpected(offset: position) }
      let name = try string()
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw .unexpected(offset: position) }
      position += 1
      members.append(JSONMember(name, try value(depth: depth + 1)))
      if try isEnd(UInt8(ascii: "}")) { return .object(members) }
    }
  }

  /// Takes a comma (false) or the closing bracket (true).
  mutating func isEnd(_ close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    let byte = try peek()
    guard byte == close || byte == UInt8(ascii: ",") else { throw .unexpected(offset: position) }
    position += 1
    return byte == close
  }

  mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var isReal = false
    if try peek() == UInt8(ascii: "-") { position += 1 }
    let first = try peek()
    try digits()
    // A leading zero stands alone.
    if first == UInt8(ascii: "0"), position - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
      throw .unexpected(offset: start)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      isReal = true
      position += 1
      try digits()
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: "e") || bytes[position] == UInt8(ascii: "E") {
      isReal = true
      position += 1
      let sign = try peek()
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !isReal, let integer = Int64(text) { return .integer(integer) }
    guard let real = Double(text), real.isFinite else { throw .unexpected(offset: start) }
    return .real(real)
  }

  mutating func digits() throws(JSONError) {
    let start = position
    while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
    guard position > start else {
      if position == bytes.count { throw .incomplete }
      throw .unexpected(offset: position)
    }
  }

  mutating func string() throws(JSONError) -> String {
    position += 1
    var units: [UInt8] = []
    while true {
      let byte = try peek()
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else { throw .invalidString(offset: position) }
        return text
      case UInt8(ascii: "\\"): try escape(into: &units)
      case 0..<32: throw .unexpected(offset: position - 1)
      default: units.append(byte)
      }
    }
  }

  mutating func escape(into units: inout [UInt8]) throws(JSONError) {
    let byte = try peek()
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "b"): units.append(8)
    case UInt8(ascii: "f"): units.append(12)
    case UInt8(ascii: "n"): units.append(10)
    case UInt8(ascii: "r"): units.append(13)
    case UInt8(ascii: "t"): units.append(9)
    case UInt8(ascii: "u"):
      var code = try fourDigits()
      if (0xD800..<0xDC00).contains(code) {
        guard try peek() == UInt8(ascii: "\\") else { throw .invalidString(offset: position) }
        position += 1
        guard try peek() == UInt8(ascii: "u") else { throw .invalidString(offset: position) }
        position += 1
        let low = try fourDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw .invalidString(offset: position) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw .invalidString(offset: position) }
      units += String(scalar).utf8
    default: throw .unexpected(offset: position - 1)
    }
  }

  mutating func fourDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = try peek()
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 65...70: digit = byte - 55
      case 97...102: digit = byte - 87
      default: throw .unexpected(offset: position)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
