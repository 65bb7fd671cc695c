// SPDX-License-Identifier: Apache-2.0

/// One thing wrong with a key file. No word of the file but a key's number is ever repeated: any of them may be a secret in the wrong
/// place.
package struct KeyFileProblem: Error, Equatable, Hashable, Sendable {
  /// Both count from 1; 0 = no particular place. Columns are bytes.
  package var line: Int
  package var column: Int
  /// Where the line begins with one.
  package var id: UInt32?
  /// The line's key is not there; otherwise it is, and may not be what was meant.
  package var losesKey: Bool
  package var problem: String
  /// What would be right.
  package var advice: String

  package init(
    line: Int, column: Int = 0, id: UInt32? = nil, losesKey: Bool = true, _ problem: String, advice: String = ""
  ) {
    self.line = line
    self.column = column
    self.id = id
    self.losesKey = losesKey
    self.problem = problem
    self.advice = advice
  }

  /// "ntp.keys:3:5: key 7: there is no such type; write MD5, SHA1 …".
  package func text(file: String) -> String {
    var text = file.isEmpty ? "key file" : file
    if line > 0 { text += ":\(line)" }
    if line > 0, column > 0 { text += ":\(column)" }
    text += ": "
    if let id { text += "key \(id): " }
    text += problem
    return advice.isEmpty ? text : "\(text); \(advice)"
  }
}

extension KeyFileProblem: CustomStringConvertible {
  package var description: String { text(file: "") }
}
