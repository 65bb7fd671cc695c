// SPDX-License-Identifier: Apache-2.0

/// Why a leap-seconds.list cannot be used.
package enum LeapSecondsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A line that is neither a comment nor "NTP-seconds TAI−UTC".
  case malformedLine(Int)
  /// Times that do not rise.
  case notAscending(line: Int)
  /// An offset that does not differ by one second from the one before.
  case impossibleOffset(line: Int)
  /// No data line at all.
  case empty
  /// The SHA-1 in the #h line is not that of the data.
  case wrongHash
  /// More than 64 KiB.
  case tooLong

  package var description: String {
    switch self {
    case .malformedLine(let line): "line \(line) is neither a comment nor an NTP time and TAI - UTC"
    case .notAscending(let line): "the time in line \(line) is not after the one before it"
    case .impossibleOffset(let line): "TAI - UTC in line \(line) does not differ by one second from the one before it"
    case .empty: "there is no leap second in it"
    case .wrongHash: "its checksum (#h) does not match its data: the file is damaged; fetch it again"
    case .tooLong: "it is longer than 64 KiB: this is no leap-seconds.list"
    }
  }
}
