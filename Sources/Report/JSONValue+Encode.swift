// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
  /// The value as one line of JSON: no line break, no control character and nothing that a terminal could act on is ever in it.
  /// Numbers that JSON cannot hold (not-a-number, infinities) become null.
  package var encoded: String {
    var bytes: [UInt8] = []
    encode(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the UTF-8 of `encoded`.
  package func encode(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
    case .integer(let number): bytes += String(number).utf8
    case .real(let number): bytes += (number.isFinite ? "\(number)" : "null").utf8
    case .string(let text): Self.encode(text, into: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.encode(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.encode(member.name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.encode(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func encode(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes += "\\\"".utf8
      case "\\": bytes += "\\\\".utf8
      case "\n": bytes += "\\n".utf8
      case "\t": bytes += "\\t".utf8
      default:
        if scalar.isPrintable {
          bytes += String(scalar).utf8
        } else {
          // Beyond the basic plane a surrogate pair (RFC 8259, section 7).
          for unit in String(scalar).utf16 { bytes += "\\u\(hexadecimal(UInt32(unit), digits: 4))".utf8 }
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// `value` in lower-case hexadecimal, at least `digits` long.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
