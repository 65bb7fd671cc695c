// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// One key that a provider knows (`tompion_setting_schema_t`), so that the host checks a configuration before anything starts.
public struct SettingSchema: Sendable {
  public enum Kind: UInt32, Sendable {
    case string = 1
    case integer = 2
    case real = 3
    case boolean = 4
  }

  /// "source[].address" stands for every element; "allow[]" for a list of values.
  let path: StaticString
  let kind: Kind
  let description: StaticString
  let defaultText: StaticString
  let range: ClosedRange<Double>?
  let choices: StaticString
  let required: Bool

  /// - Parameters:
  ///   - description: one line, with the unit.
  ///   - defaultText: as one would write it, "" = none.
  ///   - range: of numbers, both bounds inclusive.
  ///   - choices: of strings, "a|b|c"; "" = any.
  public init(
    _ path: StaticString, _ kind: Kind, _ description: StaticString, default defaultText: StaticString = "",
    range: ClosedRange<Double>? = nil, choices: StaticString = "", required: Bool = false
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

extension StaticString {
  /// The literal's bytes, NUL-terminated, for the life of the process.
  var cString: UnsafePointer<CChar>? {
    guard hasPointerRepresentation else { return nil }
    // Sound: literals are constant data that ends in NUL, and UInt8 and CChar have one layout.
    return unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
