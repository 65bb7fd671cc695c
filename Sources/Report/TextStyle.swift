// SPDX-License-Identifier: Apache-2.0

/// Colours for a terminal, or none.
package struct TextStyle: Sendable, Equatable {
  package enum Colour: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case bold = "1"
    case dim = "2"
  }

  /// False for pipes and files, and where NO_COLOR is set.
  package var isColoured: Bool

  package init(isColoured: Bool) { self.isColoured = isColoured }

  package static let plain = TextStyle(isColoured: false)

  /// `text` in that colour (ECMA-48 SGR), or as it is.
  package func paint(_ text: String, _ colour: Colour?) -> String {
    guard isColoured, let colour, !text.isEmpty else { return text }
    return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
  }
}
