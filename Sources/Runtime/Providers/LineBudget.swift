// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// How many lines and events of a provider are passed on: some a second, more at once now and then, the rest counted. Others' lines are not
/// to be drowned in one provider's. [control]
struct LineBudget {
  static let perSecond: Int64 = 10
  static let burst: Int64 = 200

  private var left = LineBudget.burst
  private var filled = RawInstant(nanoseconds: .min)
  private(set) var heldBack: UInt64 = 0

  /// Whether one more line goes out now.
  mutating func admit(now: RawInstant) -> Bool {
    if filled == RawInstant(nanoseconds: .min) { filled = now }
    let earned = (now - filled).nanoseconds / (1_000_000_000 / Self.perSecond)
    if earned > 0 {
      left = min(Self.burst, left + min(earned, Self.burst))
      filled = now
    }
    guard left > 0 else {
      heldBack &+= 1
      return false
    }
    left -= 1
    return true
  }

  /// How many were held back since the last call, once there is room to say so.
  mutating func takeHeldBack() -> UInt64 {
    guard left > 0, heldBack > 0 else { return 0 }
    defer { heldBack = 0 }
    return heldBack
  }
}
