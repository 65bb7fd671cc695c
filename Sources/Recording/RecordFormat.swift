// SPDX-License-Identifier: Apache-2.0

/// The record file, little-endian throughout. Docs/record.md describes it for those who write their own reader.
///
/// A head: magic, u32 version, u32 length of the text, then the text, lines of `name=value`. Then entries: u8 kind, u8 zero,
/// u16 length of the body, the body. An event's body ends with the u64 digest of the actions it led to.
package enum RecordFormat {
  /// "TOMPREC" and a byte that no text has, so that a file that was copied as text shows.
  package static let magic: [UInt8] = [0x54, 0x4F, 0x4D, 0x50, 0x52, 0x45, 0x43, 0x8E]
  /// 2: a source's options have 16 bits; in 1 they had 8.
  package static let version: UInt32 = 2
  /// Longest text of a head.
  package static let longestHead = 1 << 16

  /// Kinds of entries.
  enum Kind: UInt8 {
    case sample = 1
    case tick = 2
    case sourceAdded = 3
    case sourceChanged = 4
    case sourceRemoved = 5
    case applied = 6
    case refused = 7
    case clockMoved = 8
    case clockFrequencyChanged = 9
    case resync = 10
    case leapTable = 11
    case sourceLocked = 12
    case compensated = 13
    /// So many events are missing here.
    case gap = 64
    /// The last entry of a file that was ended on purpose.
    case end = 65
  }
}

/// Why a record ended.
package enum RecordEnd: UInt8, Sendable, CaseIterable {
  /// The daemon, or the simulated run, ended.
  case stopped = 1
  /// The file reached `record.limit`.
  case limit = 2

  package var words: String {
    switch self {
    case .stopped: "the daemon ended"
    case .limit: "the file reached its limit"
    }
  }
}
