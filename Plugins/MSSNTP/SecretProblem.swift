// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a file of secrets, where, and what would be right. Never holds a byte of a secret.
package struct SecretProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Place: Hashable, Sendable {
    case line(Int)
    case offset(Int)
    case file
  }

  package var place: Place
  /// What is there, and what would be right.
  package var text: String

  package init(_ place: Place, _ text: String) {
    self.place = place
    self.text = text
  }

  /// About the file as a whole.
  package init(_ text: String) { self.init(.file, text) }

  package var description: String {
    switch place {
    case .line(let number): "line \(number): \(text)"
    case .offset(let number): "at byte \(number): \(text)"
    case .file: text
    }
  }

  /// A name out of a file, for a message: visible ASCII, no longer than a name may be.
  static func quoted(_ bytes: some Sequence<UInt8>) -> String { "\"\(shown(bytes))\"" }

  static func shown(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes.prefix(KeyHolder.nameLimit) {
      text.unicodeScalars.append(byte >= 0x20 && byte < 0x7f && byte != 0x22 ? Unicode.Scalar(byte) : "?")
    }
    return text
  }
}
