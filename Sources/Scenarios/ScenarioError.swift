// SPDX-License-Identifier: Apache-2.0

/// What is wrong in a scenario file: where, and what would be right.
package struct ScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Keys from the file's top, joined by dots.
  package var path: String
  package var problem: String

  package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}
