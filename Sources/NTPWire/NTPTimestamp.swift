// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The 64-bit timestamp of RFC 5905, section 6: seconds since 1900-01-01 UTC modulo 2³², and a fraction of 2⁻³² s.
///
/// Alone it names a point in an unknown era of 136 years; a time known to be nearer than 68 years tells which. Zero means
/// "not known" in a packet.
package struct NTPTimestamp: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt64

  @inlinable @inline(__always) @_noLocks @_noAllocation
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  @_noLocks @_noAllocation
  package init(seconds: UInt32, fraction: UInt32) {
    self.init(rawValue: UInt64(seconds) &<< 32 | UInt64(fraction))
  }

  /// The nearest timestamp to a UTC time since 1970; its era is lost. What rounds up to a whole second carries.
  @_noLocks @_noAllocation
  package init(utcSince1970 time: TimeInterval) {
    let unfolded = UnfoldedTimestamp(utcSince1970: time)
    self.init(rawValue: UInt64(bitPattern: unfolded.seconds) &<< 32 | UInt64(unfolded.fraction))
  }

  @_noLocks @_noAllocation
  package init(_ time: Instant<UTC>) { self.init(utcSince1970: time.sinceEpoch) }

  /// "Not known".
  package static var zero: NTPTimestamp {
    @_noLocks @_noAllocation get { NTPTimestamp(rawValue: 0) }
  }

  @inlinable package var isZero: Bool {
    @_noLocks @_noAllocation get { rawValue == 0 }
  }

  package var seconds: UInt32 {
    @_noLocks @_noAllocation get { UInt32(truncatingIfNeeded: rawValue &>> 32) }
  }

  package var fraction: UInt32 {
    @_noLocks @_noAllocation get { UInt32(truncatingIfNeeded: rawValue) }
  }

  /// The UTC time since 1970 in the era that brings it nearest to `pivot` (also since 1970): less than 2³¹ s after it or at most
  /// 2³¹ s before. Exact to 2⁻¹⁶ ns; saturates where `TimeInterval` ends.
  @_noLocks @_noAllocation
  package func utcSince1970(near pivot: TimeInterval) -> TimeInterval {
    let base = UnfoldedTimestamp(utcSince1970: pivot)
    let folded = UInt64(bitPattern: base.seconds) &<< 32 | UInt64(base.fraction)
    let difference = Int64(bitPattern: rawValue &- folded)
    // The sum's low 32 bits of seconds and its fraction are this timestamp's own; only the era comes from the pivot.
    let sum = UInt64(base.fraction) &+ (UInt64(bitPattern: difference) & 0xFFFF_FFFF)
    let whole = base.seconds &+ (difference &>> 32) &+ Int64(truncatingIfNeeded: sum &>> 32)
    return UnfoldedTimestamp(seconds: whole, fraction: UInt32(truncatingIfNeeded: sum)).utcSince1970
  }

  @_noLocks @_noAllocation
  package func utc(near pivot: Instant<UTC>) -> Instant<UTC> {
    Instant(sinceEpoch: utcSince1970(near: pivot.sinceEpoch))
  }

  /// The interval from `b` to `a`, whatever their eras: from −2³¹ s to just under 2³¹ s (RFC 5905, section 6).
  @_noLocks @_noAllocation
  package static func - (a: NTPTimestamp, b: NTPTimestamp) -> TimeInterval {
    let difference = Int64(bitPattern: a.rawValue &- b.rawValue)
    let fraction = UInt32(truncatingIfNeeded: difference)
    return UnfoldedTimestamp.interval(seconds: difference &>> 32, fraction: fraction)
  }
}
