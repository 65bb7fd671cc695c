// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// Gives a pulse its second, or says why it has none. Never guesses: the second is the only whole one that the clock, as wrong as it
/// can be, leaves. Pure; [capture].
package struct SecondNumbering: Hashable, Sendable, BitwiseCopyable {
  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    /// UTC at the pulse's moment.
    case second(TimeInterval)
    case unlocked(UnlockReason)
    case refused(PulseFault, gap: TimeInterval)
  }

  /// No pulse is farther from its second.
  package static let widest = FollowedTime.widest
  /// What is this near needs no bound to agree with: the noise of the pulse itself is the engine's to weigh.
  package static let near = TimeInterval.milliseconds(1)

  /// How much after the second it marks a pulse comes here: cable, antenna, receiver. Positive = later.
  package let delay: TimeInterval
  /// Only the fraction counts: the host numbers the pulse, by one source alone.
  package let isLocked: Bool

  package init(delay: TimeInterval = .zero, isLocked: Bool = false) {
    self.delay = delay
    self.isLocked = isLocked
  }

  package func number(_ pulse: Pulse, _ followed: FollowedTime?) -> Verdict {
    if isLocked { return .second(Self.nearestSecond(to: pulse.time - delay) + delay) }
    if let reason = FollowedTime.reason(followed, at: pulse.raw, era: pulse.era) { return .unlocked(reason) }
    guard let bound = followed?.bound(at: pulse.raw) else { return .unlocked(.noClock) }
    let shown = pulse.time - delay
    let second = Self.nearestSecond(to: shown)
    let gap = second - shown
    guard gap.magnitude <= Self.widest, gap.magnitude + bound < .milliseconds(500) else {
      return .refused(.ambiguous, gap: gap)
    }
    guard gap.magnitude <= bound + Self.near else { return .refused(.disagrees, gap: gap) }
    return .second(second + delay)
  }

  static func nearestSecond(to time: TimeInterval) -> TimeInterval {
    let length = PulseGate.second
    var rest = time.nanoseconds % length
    if rest < 0 { rest += length }
    let down = TimeInterval(nanoseconds: time.nanoseconds &- rest)
    return rest >= length / 2 ? down + .seconds(1) : down
  }
}
