// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// One key that a provider knows, as plain values: what Settings validates against before anything starts.
package struct ProviderSchemaEntry: Sendable, Equatable {
  package enum Kind: UInt32, Sendable {
    case string = 1
    case integer = 2
    case real = 3
    case boolean = 4
  }

  /// "source[].address" stands for every element, "allow[]" for a list of values.
  package var path: String
  package var kind: Kind
  package var description: String
  /// As one would write it, "" = none.
  package var defaultText: String
  /// Inclusive; nil = unbounded.
  package var range: ClosedRange<Double>?
  /// Empty = any.
  package var choices: [String]
  package var required: Bool

  package init(
    path: String, kind: Kind, description: String, defaultText: String = "", range: ClosedRange<Double>? = nil,
    choices: [String] = [], required: Bool = false
  ) {
    self.path = path
    self.kind = kind
    self.description = description
    self.defaultText = defaultText
    self.range = range
    self.choices = choices
    self.required = required
  }
}

extension ProviderSchemaEntry {
  /// Copies a plugin's schema; entries that make no sense are named in `complaints`.
  static func read(_ schema: UnsafePointer<tompion_settings_schema_t>, complaints: inout [String])
    -> [ProviderSchemaEntry]
  {
    // Sound: the table and its strings live as long as the process (settings.h); the count is bounded here.
    let count = unsafe Int(min(schema.pointee.count, 1024))
    guard unsafe schema.pointee.size >= MemoryLayout<tompion_settings_schema_t>.size, count > 0,
      let entries = unsafe schema.pointee.entries
    else { return [] }
    // A plugin built with a longer entry spaces them by its own size, which the first one tells.
    let stride = unsafe Int(entries.pointee.size)
    guard unsafe stride >= MemoryLayout<tompion_setting_schema_t>.size, stride <= 4096, stride % 8 == 0 else {
      complaints.append("settings schema: entry size \(stride) is not possible")
      return []
    }
    var result: [ProviderSchemaEntry] = []
    for index in 0..<count {
      let entry = unsafe (UnsafeRawPointer(entries) + index * stride).loadUnaligned(as: tompion_setting_schema_t.self)
      guard let path = unsafe CText.string(entry.path), !path.isEmpty, let kind = unsafe Kind(rawValue: entry.type)
      else {
        complaints.append("settings schema: entry \(index) has no path or an unknown type")
        continue
      }
      let low = unsafe entry.minimum
      let high = unsafe entry.maximum
      let choices = unsafe CText.string(entry.choices) ?? ""
      result.append(
        ProviderSchemaEntry(
          path: path, kind: kind, description: unsafe CText.string(entry.description) ?? "",
          defaultText: unsafe CText.string(entry.default_text) ?? "", range: low <= high ? low...high : nil,
          choices: choices.isEmpty ? [] : choices.split(separator: "|").map(String.init),
          required: unsafe entry.required == 1))
    }
    return result
  }
}
