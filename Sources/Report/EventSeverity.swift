// SPDX-License-Identifier: Apache-2.0

/// How much an event matters, worst first; the words of syslog(3).
package enum EventSeverity: String, Sendable, CaseIterable, Comparable {
  case error
  case warning
  case notice
  case debug

  /// 0 = worst.
  package var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .notice: 2
    case .debug: 3
    }
  }

  /// Ordered by importance: `.debug < .error`.
  package static func < (a: EventSeverity, b: EventSeverity) -> Bool { a.rank > b.rank }
}
