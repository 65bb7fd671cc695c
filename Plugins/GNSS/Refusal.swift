// SPDX-License-Identifier: Apache-2.0

/// Why a receiver's time was not believed. Each has a counter.
package enum Refusal: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
  /// The same moment was told again.
  case frozen
  /// It was told an earlier moment than before.
  case backward
  /// Its seconds are not as long as those of this host's counter.
  case rate
  /// It went another way than was foretold, and goes on from there.
  case jump
  /// Before the pivot there is no date; behind its 1024 weeks it cannot be told which.
  case date

  package var text: String {
    switch self {
    case .frozen: "its time stands still"
    case .backward: "its time runs backward"
    case .rate: "its seconds are of another length than this host's"
    case .jump: "its time jumped"
    case .date: "its date cannot be: it is 1024 weeks or more after week_pivot"
    }
  }
}

/// Why a receiver that answers has no time to give.
package enum Unfitness: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
  /// It says so itself.
  case noFix
  case antennaOpen
  case antennaShort
  /// Less of a fix than `minimum_fix`.
  case poorFix
  case spoofed
  /// It calls itself more than half a second wrong.
  case inaccurate
  /// The writer of shared memory or datagrams calls itself unsynchronized (leap 3).
  case unsynchronized
  case silent
  /// Something comes, and nothing of it is a message: damaged, of another form, or at another speed.
  case unreadable

  package var text: String {
    switch self {
    case .noFix: "no fix"
    case .antennaOpen: "no fix: its antenna is not connected"
    case .antennaShort: "no fix: its antenna has a short circuit"
    case .poorFix: "its fix is less than minimum_fix"
    case .spoofed: "it reports spoofing"
    case .inaccurate: "it calls its own time inaccurate"
    case .unsynchronized: "it calls itself unsynchronized"
    case .silent: "nothing comes from it"
    case .unreadable: "what comes from it cannot be read"
    }
  }
}
