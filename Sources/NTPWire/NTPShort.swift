// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The 32-bit short format of RFC 5905, section 6: 16 bits of seconds and a fraction of 2⁻¹⁶ s, never negative.
/// Root delay and root dispersion travel in it.
package struct NTPShort: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt32

  @_noLocks @_noAllocation
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The least value that is not below `interval`, because a bound must not shrink on its way; negative becomes zero and
  /// 65536 s or more the largest value, a little under 65536 s.
  @_noLocks @_noAllocation
  package init(_ interval: TimeInterval) {
    guard interval.nanoseconds >= 0 else {
      rawValue = 0
      return
    }
    guard interval.nanoseconds < 65_536_000_000_000 else {
      rawValue = .max
      return
    }
    // Units of 2⁻¹⁶ ns over 10⁹ are units of 2⁻¹⁶ s; the dividend is under 2⁶².
    let scaled = UInt64(bitPattern: interval.nanoseconds) &<< 16 | UInt64(interval.subnanoseconds)
    let units = (scaled &+ 999_999_999) / 1_000_000_000
    rawValue = units > 0xFFFF_FFFF ? .max : UInt32(truncatingIfNeeded: units)
  }

  /// The value, exact.
  package var interval: TimeInterval {
    @_noLocks @_noAllocation get {
      let scaled = UInt64(rawValue) &* 1_000_000_000
      return TimeInterval(
        nanoseconds: Int64(truncatingIfNeeded: scaled &>> 16), subnanoseconds: UInt16(truncatingIfNeeded: scaled))
    }
  }

  package static var zero: NTPShort {
    @_noLocks @_noAllocation get { NTPShort(rawValue: 0) }
  }
}
