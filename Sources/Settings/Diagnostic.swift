// SPDX-License-Identifier: Apache-2.0

import Report

/// One thing wrong with a configuration: where, which key and value, why, and what would be right.
package struct Diagnostic: Sendable, Equatable, Hashable {
  package var file: String
  /// Both count from 1; 0 = no particular place.
  package var line: UInt32
  package var column: UInt32
  /// The whole key: "clock.max_slew_rate_ppm"; "" = the text as such.
  package var key: String
  /// The value as one would write it in TOML; "" = none.
  package var value: String
  /// What is wrong, in a few words that follow the key and value.
  package var problem: String
  /// What would be right; "" = nothing to say.
  package var advice: String

  package init(
    file: String, line: UInt32 = 0, column: UInt32 = 0, key: String = "", value: String = "", problem: String,
    advice: String = ""
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.value = value
    self.problem = problem
    self.advice = advice
  }
}

extension Diagnostic {
  /// The longest key that is shown whole; nobody reads a longer one, and a line stays a line.
  package static let keyLimit = 80

  /// The longest line.
  static let lineLimit = 2000

  /// `key` as messages show it.
  static func shown(_ key: String) -> String { key.count <= keyLimit ? key : "\(key.prefix(keyLimit))…" }
}

extension Diagnostic: CustomStringConvertible {
  /// One line for people and terminals: whatever the file holds, nothing of it acts on either (`printable`).
  ///
  /// "tompion.toml:12:8: clock.kind = "sytem": there is no such kind; write "system" or "virtual"".
  package var description: String {
    var text = file.isEmpty ? "configuration" : file
    if line > 0 { text += ":\(line):\(column)" }
    text += ": "
    let key = Self.shown(key)
    if !key.isEmpty { text += value.isEmpty ? "\(key): " : "\(key) = \(value): " }
    text += problem
    if !advice.isEmpty { text += "; \(advice)" }
    return printable(text, limit: Self.lineLimit)
  }
}

/// Every error of a configuration, in the file's order; never empty.
package struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
  package var diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// One line for each.
  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
