// SPDX-License-Identifier: Apache-2.0

/// One value for a provider, tables and arrays flattened: what settings/1 hands over.
package struct SettingValue: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
  }

  /// As the provider sees it: "source[0].address", "allow[2]".
  package var path: String
  /// As it stands in the file: "source[3].address", "provider.ntp-server.allow[2]".
  package var key: String
  package var value: Value
  /// Where the value begins in the file, both from 1; 0 = a default.
  package var line: UInt32
  package var column: UInt32

  package init(path: String, key: String? = nil, value: Value, line: UInt32 = 0, column: UInt32 = 0) {
    self.path = path
    self.key = key ?? path
    self.value = value
    self.line = line
    self.column = column
  }
}
