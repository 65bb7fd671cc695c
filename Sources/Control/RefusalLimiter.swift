// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// Refused requests are told ten times a minute, and how many others there were with the next: whoever may only read is not to fill the log.
/// [control]
struct RefusalLimiter {
  static let perMinute = 10

  private var minute: RawInstant?
  private var told = 0
  private var others: UInt64 = 0

  /// How many were not told since the last that was; nil = this one is not to be told either.
  mutating func take(at now: RawInstant) -> UInt64? {
    if minute.map({ now - $0 >= .seconds(60) }) ?? true { (minute, told) = (now, 0) }
    guard told < Self.perMinute else {
      others += 1
      return nil
    }
    told += 1
    defer { others = 0 }
    return others
  }
}
