// SPDX-License-Identifier: Apache-2.0

/// One value that an operator wrote for a provider, flattened: "source[0].address", "allow[2]".
package struct ProviderSetting: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
  }

  package var path: String
  package var value: Value
  /// Where it was written, from 1; 0 = default.
  package var line: UInt32
  package var column: UInt32

  package init(path: String, value: Value, line: UInt32 = 0, column: UInt32 = 0) {
    self.path = path
    self.value = value
    self.line = line
    self.column = column
  }
}

/// A provider's "no" to one setting: which one, and what would be right.
package struct SettingRefusal: Sendable, Equatable {
  /// The setting's number in the list that was given, nil = none in particular.
  package var index: Int?
  package var text: String

  package init(index: Int?, text: String) {
    self.index = index
    self.text = text
  }
}
