// SPDX-License-Identifier: Apache-2.0

/// An array or a table with nothing in it: no value for a provider, and yet a key that somebody wrote.
package struct EmptyValue: Sendable, Equatable {
  /// As `SettingValue` has them.
  package var path: String
  package var key: String
  /// False = an array.
  package var isTable: Bool
  package var place: TextPlace

  /// "an empty list".
  var kindName: String { isTable ? "an empty table" : "an empty list" }

  /// Its key and place as those of a value.
  var asValue: SettingValue {
    SettingValue(path: path, key: key, value: .string(""), line: place.line, column: place.column)
  }

  /// As one would write it.
  var written: String { isTable ? "{}" : "[]" }
}
