// SPDX-License-Identifier: Apache-2.0

import ProviderHost
import TimeTypes

/// Tells that samples of a provider found its ring full: at once, then once a minute with how many. [control]
struct LossWatch {
  static let pause = TimeInterval.seconds(60)

  private var told: UInt64 = 0
  private var next = RawInstant(nanoseconds: .min)

  /// How many were lost since it was told last; nil = nothing to tell now.
  mutating func look(_ counters: ProviderCounters, now: RawInstant) -> UInt64? {
    let count = counters.ringFull
    guard count > told, now >= next else { return nil }
    let lost = count - told
    told = count
    next = now + Self.pause
    return lost
  }
}
