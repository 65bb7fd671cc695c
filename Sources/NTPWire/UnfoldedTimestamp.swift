// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// An NTP timestamp with its era: whole seconds since 1900-01-01 UTC (negative before) and a fraction of 2⁻³² s.
struct UnfoldedTimestamp: Hashable, Sendable, BitwiseCopyable {
  /// From 1900-01-01 to 1970-01-01: 70 years with 17 leap days (RFC 868).
  static var secondsFrom1900To1970: Int64 {
    @_noLocks @_noAllocation get { 2_208_988_800 }
  }

  var seconds: Int64
  var fraction: UInt32

  @_noLocks @_noAllocation
  init(seconds: Int64, fraction: UInt32) {
    self.seconds = seconds
    self.fraction = fraction
  }

  /// The nearest to a UTC time since 1970; halves round up.
  @_noLocks @_noAllocation
  init(utcSince1970 time: TimeInterval) {
    var whole = time.nanoseconds / 1_000_000_000
    var rest = time.nanoseconds % 1_000_000_000
    if rest < 0 {
      rest = rest &+ 1_000_000_000
      whole = whole &- 1
    }
    // In units of 2⁻¹⁶ ns, less than 2⁴⁶; times 2¹⁶ over 10⁹ gives units of 2⁻³² s. At most 2³²: the carry.
    let scaled = UInt64(bitPattern: rest) &<< 16 | UInt64(time.subnanoseconds)
    let units = (scaled &<< 16 &+ 500_000_000) / 1_000_000_000
    seconds = whole &+ Self.secondsFrom1900To1970 &+ Int64(truncatingIfNeeded: units &>> 32)
    fraction = UInt32(truncatingIfNeeded: units)
  }

  var utcSince1970: TimeInterval {
    @_noLocks @_noAllocation get {
      Self.interval(seconds: seconds &- Self.secondsFrom1900To1970, fraction: fraction)
    }
  }

  /// `seconds` plus `fraction` · 2⁻³² s, to the nearest 2⁻¹⁶ ns, saturating.
  @_noLocks @_noAllocation
  static func interval(seconds: Int64, fraction: UInt32) -> TimeInterval {
    // 10⁹ · 2¹⁶ / 2³² = 10⁹ / 2¹⁶ units for each unit of the fraction; the product is under 2⁶².
    let units = (UInt64(fraction) &* 1_000_000_000 &+ 0x8000) &>> 16
    let rest = TimeInterval(
      nanoseconds: Int64(truncatingIfNeeded: units &>> 16), subnanoseconds: UInt16(truncatingIfNeeded: units))
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if !overflow { return TimeInterval(nanoseconds: product) + rest }
    // The second in which the range ends below: its end is inside although its start is not.
    let (next, beyond) = (seconds &+ 1).multipliedReportingOverflow(by: 1_000_000_000)
    if seconds < 0, !beyond {
      return TimeInterval(nanoseconds: next) + (rest - TimeInterval(nanoseconds: 1_000_000_000))
    }
    return seconds < 0
      ? TimeInterval(nanoseconds: .min) : TimeInterval(nanoseconds: .max, subnanoseconds: .max)
  }
}
