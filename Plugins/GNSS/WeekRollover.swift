// SPDX-License-Identifier: Apache-2.0

/// GPS tells weeks by ten bits: a receiver's firmware guesses which 1024 weeks it is in, and guesses wrong when it is older than they are
/// (1999-08-22, 2019-04-07, 2038-11-21, and any other day that a firmware's own pivot is 1024 weeks ago).
package enum WeekRollover {
  package static let period: Int64 = 1024 * 7 * 86_400_000_000_000

  /// 2026-11-01: earlier than this program nobody runs it. Moved on with each release.
  package static let release: Int64 = 20_758 * 86_400_000_000_000

  /// The first moment at or after the pivot that is a multiple of 1024 weeks later, and how many weeks that is; nil = it is 1024 weeks
  /// after the pivot, or more: then nobody can tell. Both ns since 1970, neither negative.
  package static func correct(_ moment: Int64, pivot: Int64) -> (moment: Int64, weeks: Int64)? {
    guard moment &- period < pivot else { return nil }
    guard moment < pivot else { return (moment, 0) }
    let turns = (pivot &- moment &+ period &- 1) / period
    return (moment &+ turns &* period, turns &* 1024)
  }
}
