// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Settings

/// `tompion config check`: reads a file and says everything that is wrong with it.
struct ConfigurationCheck {
  private(set) var result: CheckResult
  /// nil = the file cannot be read, or its own keys are wrong.
  private(set) var configuration: Configuration?

  var errors: [Diagnostic] { result.errors }
  var warnings: [Diagnostic] { result.warnings }

  /// The file alone, and the key files that it names.
  init(_ file: String) {
    result = CheckResult(file: file)
    do {
      let bytes = try SmallFile.read(file, limit: TOMLNode.maximumLength)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        result.errors = [Diagnostic(file: file, problem: "the file is not UTF-8", advice: "save it as UTF-8")]
        return
      }
      let read = try Configuration(toml: text, file: file)
      result.errors = read.missingProcessors(of: Processors.configured)
      guard errors.isEmpty else { return }
      configuration = read
      result.warnings = Diagnostic.bounded(
        read.warnings + AuthenticationCheck(read).warnings
          + read.absentInterfaces { NetworkInterfaces.index(of: $0) != 0 }, word: "warning")
    } catch let error as ConfigurationErrors {
      result.errors = error.diagnostics
    } catch let error as KernelError {
      result.errors = [Diagnostic(file: file, problem: SmallFile.reason(error))]
    } catch {
      result.errors = [Diagnostic(file: file, problem: "\(error)")]
    }
  }

  /// The providers' own keys, too, by what tompiond says of them; only where the file itself is right.
  mutating func addProviders(_ answer: Result<CheckResult, DaemonCheck.Failure>) {
    guard configuration != nil else { return }
    switch answer {
    case .success(let other): result.take(errorsOf: other)
    case .failure(let why):
      result.warnings.append(
        Diagnostic(
          file: result.file, problem: "the keys of providers were not checked: \(why)",
          advice: "see tompiond --check"))
    }
  }

  /// One line for each error, or one that says that it is right.
  var text: String {
    guard let configuration, errors.isEmpty else { return errors.map { "\($0)\n" }.joined() }
    let sources = configuration.providers.reduce(0) { $0 + $1.sourcePlaces.count }
    let names = configuration.providers.map(\.name).joined(separator: ", ")
    let providers = names.isEmpty ? "no provider" : "for \(names)"
    return
      "\(printable(result.file)): right: \(sources) \(sources == 1 ? "source" : "sources"), \(providers)\n"
  }

  /// One line for each warning.
  var warningText: String { warnings.map { "warning: \($0)\n" }.joined() }

  var json: JSONValue { result.json }
}
