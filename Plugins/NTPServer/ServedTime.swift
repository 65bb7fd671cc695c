// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import NTPWire
package import TimeTypes

/// What the server says of its clock in every reply of a batch: the clock page at one moment (RFC 5905, section 7.3).
///
/// Trusts the published state alone: an engine whose own clock is served publishes a stratum below 16 although it follows nobody, and
/// is then served as such.
package struct ServedTime: Sendable, BitwiseCopyable {
  package var leap: LeapIndicator
  /// 1 to 16; 16 = unsynchronized.
  package var stratum: UInt8
  /// log2 seconds.
  package var precision: Int8
  package var referenceID: ReferenceID
  /// Both rounded up: an error bound must not shrink on the wire.
  package var rootDelay: NTPShort
  /// As of `now`.
  package var rootDispersion: NTPShort
  /// Zero = the clock was never set.
  package var referenceTimestamp: NTPTimestamp

  /// The state at `now`: root dispersion has grown since the page was written. No page, or one that does not hold together, is an
  /// unsynchronized clock.
  package init(_ info: tompion_clock_info_t?, now: RawInstant) {
    let published = info.flatMap { LeapIndicator(rawValue: $0.leap) } ?? .unsynchronized
    let known = info ?? tompion_clock_info_t()
    let synchronized = published != .unsynchronized && (1...15).contains(known.stratum)
    leap = synchronized ? published : .unsynchronized
    stratum = synchronized ? known.stratum : 16
    referenceID = synchronized ? ReferenceID(rawValue: known.reference_id) : .none
    precision = known.precision
    rootDelay = Self.short(known.root_delay_ns)
    rootDispersion = Self.short(Self.grown(known, now: now))
    referenceTimestamp =
      known.reference_ns > 0 ? NTPTimestamp(utcSince1970: TimeInterval(nanoseconds: known.reference_ns)) : .zero
  }

  private static func short(_ nanoseconds: UInt64) -> NTPShort {
    NTPShort(TimeInterval(nanoseconds: Int64(clamping: nanoseconds)))
  }

  /// Root dispersion plus dispersion_rate times the age of the page, saturating.
  static func grown(_ info: tompion_clock_info_t, now: RawInstant) -> UInt64 {
    let age = now.nanoseconds.subtractingReportingOverflow(info.raw_ns)
    guard !age.overflow, age.partialValue > 0 else { return info.root_dispersion_ns }
    let product = UInt64(age.partialValue).multipliedFullWidth(by: UInt64(info.dispersion_rate_ppb))
    guard product.high < 1_000_000_000 else { return .max }
    let growth = UInt64(1_000_000_000).dividingFullWidth(product).quotient
    let sum = info.root_dispersion_ns.addingReportingOverflow(growth)
    return sum.overflow ? .max : sum.partialValue
  }
}
