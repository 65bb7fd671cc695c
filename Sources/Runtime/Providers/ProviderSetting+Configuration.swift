// SPDX-License-Identifier: Apache-2.0

import ProviderHost
import Settings

// Settings and schemas between the configuration's words and the host's.

extension SettingSchema {
  init(_ entry: ProviderSchemaEntry) {
    let kind: Kind =
      switch entry.kind {
      case .string: .string
      case .integer: .integer
      case .real: .real
      case .boolean: .boolean
      }
    self.init(
      path: entry.path, kind: kind, minimum: entry.range?.lowerBound, maximum: entry.range?.upperBound,
      choices: entry.choices,
      required: entry.required, description: entry.description, defaultText: entry.defaultText)
  }
}

extension ProviderSetting {
  init(_ value: SettingValue) {
    let content: Value =
      switch value.value {
      case .string(let text): .string(text)
      case .integer(let number): .integer(number)
      case .real(let number): .real(number)
      case .boolean(let flag): .boolean(flag)
      }
    self.init(path: value.path, value: content, line: value.line, column: value.column)
  }
}

extension SettingValue.Value {
  /// As one would write it in TOML.
  var text: String {
    switch self {
    case .string(let text): quoted(text)
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    }
  }
}
