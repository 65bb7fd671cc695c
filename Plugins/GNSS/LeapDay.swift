// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Leap seconds are the last of June or December, UTC (or would be left out there).
package enum LeapDay {
  private static let day: Int64 = 86_400_000_000_000

  /// Whether a moment (ns since 1970) is within the first minute of July or January.
  package static func begins(at moment: Int64) -> Bool {
    moment >= 0 && moment % day < 60_000_000_000 && isFirst(moment / day)
  }

  /// What clients are to be told: the announcement of the half-year's end counts on its last day alone (RFC 5905, section 7.3).
  package static func indicator(change: Int8?, at moment: Int64) -> LeapIndicator {
    guard let change, change != 0, moment >= 0, isFirst(moment / day &+ 1) else { return .none }
    return change > 0 ? .insert : .delete
  }

  private static func isFirst(_ day: Int64) -> Bool {
    let date = CivilDay(daysSince1970: day)
    return date.day == 1 && (date.month == 1 || date.month == 7)
  }
}
