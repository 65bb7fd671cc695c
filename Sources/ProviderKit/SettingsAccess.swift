// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// settings/1: what the operator wrote for this provider.
@safe
public struct SettingsAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_settings_t>?

  // Every call passes the host table that the extension came from; strings are copied before the next update-config.

  /// All values, in the file's order; empty where the host has no settings. [control]
  public func all() -> [Setting] {
    guard let table = unsafe table, let count = unsafe table.pointee.count, let at = unsafe table.pointee.at else {
      return []
    }
    var result: [Setting] = []
    for index in 0..<(unsafe count(host)) {
      var setting = unsafe tompion_setting_t()
      unsafe setting.size = UInt32(MemoryLayout<tompion_setting_t>.size)
      guard unsafe at(host, index, &setting) == TOMPION_OK, let path = unsafe setting.path else { continue }
      let value: Setting.Value
      switch unsafe Int32(bitPattern: setting.type) {
      case TOMPION_SETTING_STRING:
        let text = unsafe setting.string
        value = unsafe .string(text.map { unsafe String(cString: $0) } ?? "")
      case TOMPION_SETTING_INTEGER: value = unsafe .integer(setting.integer)
      case TOMPION_SETTING_REAL: value = unsafe .real(setting.real)
      case TOMPION_SETTING_BOOLEAN: value = unsafe .boolean(setting.integer != 0)
      default: continue
      }
      unsafe result.append(Setting(index: index, path: String(cString: path), value: value, line: setting.line))
    }
    return result
  }

  /// Says that a value is wrong and what would be right; init should then fail with `Status.invalid`. [control]
  public func refuse(_ setting: Setting, _ whatWouldBeRight: String) {
    guard let table = unsafe table, let refuse = unsafe table.pointee.refuse else { return }
    unsafe whatWouldBeRight.withCString { unsafe refuse(host, setting.index, $0) }
  }
}

/// One value of the configuration.
public struct Setting: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case string(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
  }

  /// Its number, for `SettingsAccess.refuse`.
  public var index: UInt32
  /// Tables and arrays are flattened: "source[0].address", "allow[2]".
  public var path: String
  public var value: Value
  /// Where it was written, 0 = default.
  public var line: UInt32

  public init(index: UInt32, path: String, value: Value, line: UInt32 = 0) {
    self.index = index
    self.path = path
    self.value = value
    self.line = line
  }

  public var string: String? { if case .string(let text) = value { text } else { nil } }
  public var boolean: Bool? { if case .boolean(let flag) = value { flag } else { nil } }

  public var integer: Int64? { if case .integer(let number) = value { number } else { nil } }

  /// The number, of an integer too.
  public var real: Double? {
    switch value {
    case .real(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  /// The parts of a path "name[index].key" (index and key optional): ("source", 0, "address").
  public var parts: (name: String, index: Int?, key: String) {
    let halves = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let first = halves.first ?? ""
    let key = halves.count > 1 ? String(halves[1]) : ""
    guard let bracket = first.firstIndex(of: "["), first.last == "]" else { return (String(first), nil, key) }
    return (String(first[..<bracket]), Int(first[first.index(after: bracket)...].dropLast()), key)
  }
}
