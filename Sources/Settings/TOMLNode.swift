// SPDX-License-Identifier: Apache-2.0

/// A place in a text, both numbers from 1; 0 = none.
package struct TextPlace: Sendable, Hashable, Comparable {
  package var line: UInt32
  package var column: UInt32

  package init(line: UInt32 = 0, column: UInt32 = 0) {
    self.line = line
    self.column = column
  }

  package static func < (a: TextPlace, b: TextPlace) -> Bool {
    a.line != b.line ? a.line < b.line : a.column < b.column
  }
}

/// A TOML value and where it stands.
package struct TOMLNode: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// In the order of the file.
    case table([TOMLMember])
    case array([TOMLNode])
    case string(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    /// A date, a time or both, as written.
    case date(String)
  }

  package var content: Content
  package var place: TextPlace

  package init(_ content: Content, at place: TextPlace = TextPlace()) {
    self.content = content
    self.place = place
  }

  /// What it is, for people: "a string", "a table".
  package var kindName: String {
    switch content {
    case .table: "a table"
    case .array: "an array"
    case .string: "a string"
    case .integer: "an integer"
    case .real: "a real number"
    case .boolean: "a boolean"
    case .date: "a date"
    }
  }

  /// The value as one would write it in TOML, cut at about 60 characters; containers are only hinted at.
  package var written: String {
    switch content {
    case .table(let members): members.isEmpty ? "{}" : "{…}"
    case .array(let elements): elements.isEmpty ? "[]" : "[…]"
    case .string(let text): quoted(text)
    case .integer(let number): String(number)
    case .real(let number): number.isNaN ? "nan" : (number.isInfinite ? (number < 0 ? "-inf" : "inf") : "\(number)")
    case .boolean(let flag): flag ? "true" : "false"
    case .date(let text): text
    }
  }
}

/// A key of a TOML table with its value; the place is the key's.
package struct TOMLMember: Sendable, Equatable {
  package var key: String
  package var place: TextPlace
  package var node: TOMLNode

  package init(key: String, place: TextPlace, node: TOMLNode) {
    self.key = key
    self.place = place
    self.node = node
  }
}

/// `text` in double quotes, control characters and quotes escaped as TOML does, cut at 60 characters.
package func quoted(_ text: String) -> String {
  var out = "\""
  var count = 0
  for scalar in text.unicodeScalars {
    count += 1
    if count > 60 {
      out += "…"
      break
    }
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    default:
      if scalar.isPrintable {
        out.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        out += "\\u{" + digits + "}"
      }
    }
  }
  return out + "\""
}

extension Unicode.Scalar {
  /// False for control and format characters, line separators, surrogates, private use and what is not assigned: they could
  /// change how a terminal shows the rest of a line.
  var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
