// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// The whole number of seconds from what a clock shows to UTC, found out by the followed time and kept: TAI − UTC, or a wrong epoch.
/// Pure; [capture].
package struct WholeOffset: Hashable, Sendable, BitwiseCopyable {
  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    case seconds(Int64)
    case unlocked(UnlockReason)
    /// The difference is not near a whole number: so far from one.
    case notWhole(TimeInterval)
  }

  /// A difference is whole within this.
  package static let nearness = TimeInterval.milliseconds(100)
  /// So many readings in a row that want another number get it: a leap second has passed.
  static let needed = 4

  private var seconds: Int64?
  private var wanted: Int64?
  private var run = 0

  package init() {}

  /// The clock jumped, or is another one.
  package mutating func reset() { self = WholeOffset() }

  /// - Parameters:
  ///   - shown: what the clock shows.
  ///   - stamp: the disciplined clock at the same moment.
  package mutating func take(shown: TimeInterval, _ stamp: Stamp, _ followed: FollowedTime?) -> Verdict {
    if let reason = FollowedTime.reason(followed, at: stamp.raw, era: stamp.era) {
      run = 0
      // What was found out once holds while nobody is there to ask.
      return seconds.map { .seconds($0) } ?? .unlocked(reason)
    }
    let (whole, rest) = Self.split(stamp.time - shown)
    let bound = followed?.bound(at: stamp.raw) ?? .max
    guard rest.magnitude + bound < .milliseconds(500), rest.magnitude <= Self.nearness else {
      run = 0
      return seconds.map { .seconds($0) } ?? .notWhole(rest)
    }
    guard let known = seconds else {
      seconds = whole
      return .seconds(whole)
    }
    guard whole != known else {
      run = 0
      return .seconds(known)
    }
    run = wanted == whole ? run + 1 : 1
    wanted = whole
    guard run >= Self.needed else { return .seconds(known) }
    (seconds, run) = (whole, 0)
    return .seconds(whole)
  }

  private static func split(_ interval: TimeInterval) -> (Int64, TimeInterval) {
    let length: Int64 = 1_000_000_000
    var rest = interval.nanoseconds % length
    if rest < 0 { rest += length }
    let down = (interval.nanoseconds &- rest) / length
    let whole = rest >= length / 2 ? down + 1 : down
    return (whole, interval - .seconds(whole))
  }
}
