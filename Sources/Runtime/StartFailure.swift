// SPDX-License-Identifier: Apache-2.0

import Report
package import Settings

/// Why the daemon does not start: complaints for the operator, one a line.
package struct StartFailure: Error, Sendable, Equatable, CustomStringConvertible {
  package var complaints: [String]
  /// The same with their places; those that are about no place of the file are about the file as such.
  package var diagnostics: [Diagnostic]

  package init(_ complaint: String) {
    complaints = [printable(complaint, limit: 2000)]
    diagnostics = [Diagnostic(file: "", problem: complaint)]
  }

  package init(_ diagnostics: [Diagnostic]) {
    complaints = diagnostics.map(\.description)
    self.diagnostics = diagnostics
  }

  package var description: String { complaints.joined(separator: "\n") }
}
