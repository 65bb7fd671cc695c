// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// Finds out, from a count of calls begun and ended, that one of them does not return. [control]
///
/// Nothing is stamped on the side that calls: whoever watches looks at the count now and then, and tells the time itself.
struct CallWatch {
  private var count: UInt64 = 0
  private var since = RawInstant(nanoseconds: .min)

  /// So long a call may last before it is called hanging; 500 ms are what it may take.
  static let patience = TimeInterval.seconds(2)

  /// How long the call that is under way has lasted at least; nil = none that has lasted for longer than `patience`.
  mutating func look(_ count: UInt64, now: RawInstant) -> TimeInterval? {
    guard count & 1 == 1, count == self.count else {
      self.count = count
      since = now
      return nil
    }
    let lasted = now - since
    return lasted > Self.patience ? lasted : nil
  }
}
