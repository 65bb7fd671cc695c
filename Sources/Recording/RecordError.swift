// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a record file, and at which byte of it.
package enum RecordError: Error, Sendable, Equatable, CustomStringConvertible {
  /// It begins otherwise: another kind of file.
  case foreign
  /// Written by a later version of the format.
  case newer(version: UInt32)
  /// It ends in the middle of something; the offset is where that began.
  case truncated(offset: Int)
  case headTooLong(length: UInt32)
  /// The head's text is no UTF-8, or a line of it has no `=`, or a needed name is missing.
  case head(problem: String)
  /// An entry of a kind that this version does not know.
  case unknownKind(UInt8, offset: Int)
  /// An entry's length is not that of its kind.
  case length(Int, offset: Int)
  /// A field holds what no writer puts there.
  case value(field: String, offset: Int)
  /// Something follows the last entry.
  case trailing(offset: Int)

  package var description: String {
    switch self {
    case .foreign: "this is no record of tompiond: it does not begin with TOMPREC (byte 0)"
    case .newer(let version):
      "the record's format is version \(version), this program reads \(RecordFormat.version): use a newer release (byte 8)"
    case .truncated(let offset): "the record ends in the middle of what begins at byte \(offset)"
    case .headTooLong(let length):
      "the head is \(length) bytes long, at most \(RecordFormat.longestHead) are believed (byte 12)"
    case .head(let problem): "the head \(problem) (byte 16)"
    case .unknownKind(let kind, let offset): "an entry of the unknown kind \(kind) is at byte \(offset)"
    case .length(let length, let offset): "the entry at byte \(offset) is \(length) bytes long, which its kind is not"
    case .value(let field, let offset): "the entry at byte \(offset) holds a \(field) that does not exist"
    case .trailing(let offset): "something follows the record's end, at byte \(offset)"
    }
  }
}
