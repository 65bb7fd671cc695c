// SPDX-License-Identifier: Apache-2.0

package import Report

/// What a check of a configuration file found; in JSON, too, as `tompion config check --json` prints it and tompiond hands its own to it.
package struct CheckResult: Sendable, Equatable {
  package var file: String
  package var errors: [Diagnostic] = []
  package var warnings: [Diagnostic] = []

  /// The argument by which tompion asks tompiond; the file follows, and the result in JSON comes through descriptor 3.
  package static let argument = "--check-for-tompion"

  package init(file: String) { self.file = file }

  package var json: JSONValue {
    .object([
      JSONMember("file", .string(file)),
      JSONMember("valid", .boolean(errors.isEmpty)),
      JSONMember("errors", .array(errors.map(\.json))),
      JSONMember("warnings", .array(warnings.map(\.json))),
    ])
  }

  /// nil = it is no such result.
  package init?(json: JSONValue) {
    guard let file = json.text("file"), case .boolean(let isValid)? = json["valid"] else { return nil }
    self.file = file
    errors = json.elements("errors").map { Diagnostic(json: $0) }
    warnings = json.elements("warnings").map { Diagnostic(json: $0) }
    guard errors.isEmpty == isValid else { return nil }
  }

  /// Takes what another check of the same file found wrong; a warning of the same place is said better by its error.
  package mutating func take(errorsOf other: CheckResult) {
    for error in other.errors where !errors.contains(error) {
      errors.append(error)
      warnings.removeAll { $0.line == error.line && $0.key == error.key && error.line > 0 }
    }
  }
}

extension Diagnostic {
  package var json: JSONValue {
    .object([
      JSONMember("file", .string(file)),
      JSONMember("line", .integer(Int64(line))),
      JSONMember("column", .integer(Int64(column))),
      JSONMember("key", .string(key)),
      JSONMember("value", .string(value)),
      JSONMember("problem", .string(problem)),
      JSONMember("advice", .string(advice)),
    ])
  }

  init(json: JSONValue) {
    func number(_ name: String) -> UInt32 {
      if case .integer(let number)? = json[name] { UInt32(clamping: number) } else { 0 }
    }
    self.init(
      file: json.text("file") ?? "", line: number("line"), column: number("column"), key: json.text("key") ?? "",
      value: json.text("value") ?? "", problem: json.text("problem") ?? "", advice: json.text("advice") ?? "")
  }
}
