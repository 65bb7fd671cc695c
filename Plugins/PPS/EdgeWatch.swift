// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Which edge of a pulse marks the second, as far as the width tells: a pulse is shorter than the pause after it, so the marking edge is
/// the one that the other follows within less than half a second. Pure; [capture].
package struct EdgeWatch: Hashable, Sendable, BitwiseCopyable {
  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    /// Too few of both edges were seen, or they come irregularly.
    case unknown
    /// The edge in use begins the pulse, which is so wide.
    case right(width: TimeInterval)
    /// The other edge begins the pulse, so much before this one.
    case wrong(width: TimeInterval)
    /// Pulse and pause are of one length.
    case undecided
  }

  /// Pulse and pause within this of half a second are alike.
  static let margin = TimeInterval.milliseconds(30)
  /// How much a width may change from one pulse to the next.
  static let steadiness = TimeInterval.milliseconds(5)
  static let needed = 4

  /// From the edge in use to the other.
  private var interval: TimeInterval?
  private var run = 0
  private var seen = 0
  /// So many irregular ones, and the width is no longer waited for.
  static let patience = 8

  package init() {}

  /// Both edges come, and the next few will tell which is which.
  package var isPending: Bool { seen > 0 && seen < Self.patience && run < Self.needed }

  /// The other edge came; `beat`: the last one in use that was on the beat.
  package mutating func take(other raw: RawInstant, after beat: RawInstant?) {
    if beat == nil {
      seen = max(seen, 1)
    } else {
      seen = min(seen + 1, Self.patience)
    }
    guard let beat, raw > beat else { return }
    let since = raw - beat
    // A second without the edge in use says nothing.
    guard since < .seconds(1) else { return }
    if let interval, (since - interval).magnitude <= Self.steadiness {
      run = min(run + 1, Self.needed)
    } else {
      run = 1
    }
    interval = since
  }

  package var verdict: Verdict {
    guard let interval, run >= Self.needed else { return .unknown }
    let rest = TimeInterval.seconds(1) - interval
    if Self.isShort(interval) { return .right(width: interval) }
    return Self.isShort(rest) ? .wrong(width: rest) : .undecided
  }

  static func isShort(_ interval: TimeInterval) -> Bool { interval <= .milliseconds(500) - margin }
}
