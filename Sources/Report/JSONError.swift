// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON that we take.
package enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The byte at this offset cannot stand there.
  case unexpected(offset: Int)
  /// The text ends in the middle.
  case incomplete
  /// More than 32 arrays and objects inside one another.
  case tooDeep
  /// A string that is not UTF-8 or holds half a surrogate pair.
  case invalidString(offset: Int)

  package var description: String {
    switch self {
    case .unexpected(let offset): "byte \(offset) cannot stand there"
    case .incomplete: "the text ends in the middle"
    case .tooDeep: "it nests deeper than 32 levels"
    case .invalidString(let offset): "the string before byte \(offset) is not valid"
    }
  }
}
