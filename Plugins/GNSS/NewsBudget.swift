// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// How often a receiver that changes all the time is told of: ten times at once, then once a minute. What is held back is counted, and the
/// last of it is told when its turn comes, so that the last word is true. Fixed memory.
struct NewsBudget: Sendable {
  /// What may be told now.
  struct Turn: Hashable, Sendable {
    var action: ReceiverAction
    /// Held back since the one before.
    var left: UInt32
    /// From here on it is told once a minute.
    var isLast: Bool
  }

  static let most: Int64 = 10
  static let interval = TimeInterval.seconds(60)

  private var free = Self.most
  /// Since when turns come again; nil = all are there.
  private var since: RawInstant?
  private var held: ReceiverAction?
  private var left: UInt32 = 0

  /// Something happened; nil = it is held back.
  mutating func take(_ action: ReceiverAction, at now: RawInstant) -> Turn? {
    refill(now)
    guard free > 0 else {
      held = action
      left &+= 1
      return nil
    }
    return spend(action, left: left, now)
  }

  /// What was held back last, when its turn has come.
  mutating func due(at now: RawInstant) -> Turn? {
    guard let action = held else { return nil }
    refill(now)
    return free > 0 ? spend(action, left: left &- 1, now) : nil
  }

  /// Something was told that is always told: what was held back is of before.
  mutating func overtake() { held = nil }

  private mutating func spend(_ action: ReceiverAction, left: UInt32, _ now: RawInstant) -> Turn {
    if since == nil { since = now }
    free -= 1
    held = nil
    self.left = 0
    return Turn(action: action, left: left, isLast: free == 0 && left == 0)
  }

  private mutating func refill(_ now: RawInstant) {
    guard let since else { return }
    let turns = (now - since).nanoseconds / Self.interval.nanoseconds
    guard turns > 0 else { return }
    free = min(Self.most, free + turns)
    self.since = free == Self.most ? nil : since + TimeInterval(nanoseconds: turns * Self.interval.nanoseconds)
  }
}
