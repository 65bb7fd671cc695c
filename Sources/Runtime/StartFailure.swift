// SPDX-License-Identifier: Apache-2.0

package import Settings

/// Why the daemon does not start: complaints for the operator, one a line.
package struct StartFailure: Error, Sendable, Equatable, CustomStringConvertible {
  package var complaints: [String]

  package init(_ complaint: String) { complaints = [complaint] }
  package init(_ diagnostics: [Diagnostic]) { complaints = diagnostics.map(\.description) }

  package var description: String { complaints.joined(separator: "\n") }
}
