// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Settings

/// `tompion config check`: reads a file and says everything that is wrong with it.
struct ConfigurationCheck {
  var file: String
  var errors: [Diagnostic] = []
  var configuration: Configuration?

  init(_ file: String) {
    self.file = file
    do {
      let bytes = try SmallFile.read(file, limit: TOMLNode.maximumLength)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        errors = [Diagnostic(file: file, problem: "the file is not UTF-8", advice: "save it as UTF-8")]
        return
      }
      let read = try Configuration(toml: text, file: file)
      errors = read.missingProcessors(of: Processors.configured)
      if errors.isEmpty { configuration = read }
    } catch let error as ConfigurationErrors {
      errors = error.diagnostics
    } catch {
      errors = [Diagnostic(file: file, problem: "\(error)")]
    }
  }

  /// One line for each error, or one that says that it is right.
  var text: String {
    guard let configuration else { return errors.map { "\($0)\n" }.joined() }
    let sources = configuration.providers.reduce(0) { $0 + $1.sourcePlaces.count }
    let names = configuration.providers.map(\.name).joined(separator: ", ")
    let providers = names.isEmpty ? "no provider" : "for \(names)"
    return "\(file): right: \(sources) \(sources == 1 ? "source" : "sources"), \(providers)\n"
  }

  /// The configuration's own, and what the key files say.
  var allWarnings: [Diagnostic] {
    guard let configuration else { return [] }
    return configuration.warnings + AuthenticationCheck(configuration).warnings
  }

  /// One line for each warning.
  var warnings: String { allWarnings.map { "warning: \($0)\n" }.joined() }

  var json: JSONValue {
    .object([
      JSONMember("file", .string(file)),
      JSONMember("valid", .boolean(errors.isEmpty)),
      JSONMember("errors", .array(errors.map(Self.json))),
      JSONMember("warnings", .array(allWarnings.map(Self.json))),
    ])
  }

  private static func json(_ diagnostic: Diagnostic) -> JSONValue {
    .object([
      JSONMember("file", .string(diagnostic.file)),
      JSONMember("line", .integer(Int64(diagnostic.line))),
      JSONMember("column", .integer(Int64(diagnostic.column))),
      JSONMember("key", .string(diagnostic.key)),
      JSONMember("value", .string(diagnostic.value)),
      JSONMember("problem", .string(diagnostic.problem)),
      JSONMember("advice", .string(diagnostic.advice)),
    ])
  }
}
