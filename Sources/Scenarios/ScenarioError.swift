// SPDX-License-Identifier: Apache-2.0

/// What is wrong in a scenario file: where, and what would be right.
package struct ScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Keys from the scenario's name down, joined by dots; elements of arrays by [index].
  package var path: String
  package var problem: String
  /// Counted from 1; nil = not known.
  package var line: Int?

  package init(path: String, problem: String, line: Int? = nil) {
    self.path = path
    self.problem = problem
    self.line = line
  }

  package var description: String {
    let place = line.map { "line \($0): " } ?? ""
    return place + (path.isEmpty ? problem : "\(path): \(problem)")
  }

  /// The same with the line of the text at which its path stands, or the last of its keys that is there.
  func located(in text: [UInt8]) -> ScenarioError {
    var error = self
    if !path.isEmpty { error.line = JSONLocator(text).line(of: path) }
    return error
  }
}
