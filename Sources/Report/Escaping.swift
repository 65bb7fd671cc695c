// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
  /// False for control and format characters, line and paragraph separators, surrogates, private use and unassigned ones: what a
  /// terminal might act on, or what would change how the rest of a line is shown.
  var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}

/// `text` for a terminal: what is not printable is shown as \xNN or \u{N}, and a backslash before it stays readable. Cut at `limit`
/// characters with an ellipsis.
package func printable(_ text: String, limit: Int = 500) -> String {
  var out = String.UnicodeScalarView()
  var count = 0
  for scalar in text.unicodeScalars {
    count += 1
    if count > limit {
      out.append("…")
      break
    }
    if scalar.isPrintable {
      out.append(scalar)
    } else if scalar.value < 0x100 {
      out.append(contentsOf: "\\x\(hexadecimal(scalar.value, digits: 2))".unicodeScalars)
    } else {
      out.append(contentsOf: "\\u{\(hexadecimal(scalar.value, digits: 1))}".unicodeScalars)
    }
  }
  return String(out)
}
