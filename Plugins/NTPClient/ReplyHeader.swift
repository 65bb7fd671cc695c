// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The fields of a reply that a client decides by (RFC 5905, section 7.3), in its own words.
package struct ReplyHeader: Hashable, Sendable, BitwiseCopyable {
  package var leap: UInt8
  package var version: UInt8
  package var mode: UInt8
  package var stratum: UInt8
  package var precision: Int8
  package var rootDelay: TimeInterval
  package var rootDispersion: TimeInterval
  package var referenceID: UInt32
  /// Four timestamps of 32 bits seconds and 32 bits fraction.
  package var reference: UInt64
  package var origin: UInt64
  package var receive: UInt64
  package var transmit: UInt64

  package static let rate: UInt32 = 0x5241_5445
  package static let deny: UInt32 = 0x4445_4e59
  package static let restrict: UInt32 = 0x5253_5452

  /// The interval from one NTP timestamp to another, whatever the era: at most ±68 years.
  package static func interval(from a: UInt64, to b: UInt64) -> TimeInterval {
    let difference = Int64(bitPattern: b &- a)
    let seconds = difference >> 32
    let fraction = UInt64(bitPattern: difference) & 0xffff_ffff
    // 10⁹ · 2¹⁶ / 2³² = 10⁹ / 2¹⁶ units of 2⁻¹⁶ ns for each unit of the fraction.
    let scaled = (fraction &* 1_000_000_000) >> 16
    return .seconds(seconds)
      + TimeInterval(nanoseconds: Int64(scaled >> 16), subnanoseconds: UInt16(truncatingIfNeeded: scaled))
  }
}
