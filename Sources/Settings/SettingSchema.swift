// SPDX-License-Identifier: Apache-2.0

/// One key that a provider knows: settings-schema/1 as a Swift value.
package struct SettingSchema: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case string, integer, real, boolean
  }

  /// "listen[]" for a list of values, "source[].address" for a key of each element.
  package var path: String
  package var kind: Kind
  /// Numbers: both inclusive; nil = unbounded.
  package var minimum: Double?
  package var maximum: Double?
  /// Strings: what is allowed; empty = anything.
  package var choices: [String]
  /// Must be present; for "x[].y": in each element of x.
  package var required: Bool
  /// One line, with unit.
  package var description: String
  /// As one would write it; "" = none.
  package var defaultText: String

  package init(
    path: String, kind: Kind, minimum: Double? = nil, maximum: Double? = nil, choices: [String] = [],
    required: Bool = false,
    description: String = "", defaultText: String = ""
  ) {
    self.path = path
    self.kind = kind
    self.minimum = minimum
    self.maximum = maximum
    self.choices = choices
    self.required = required
    self.description = description
    self.defaultText = defaultText
  }
}
