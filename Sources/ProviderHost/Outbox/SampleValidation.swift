// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

/// Turns what a provider wrote into a sample, or says what is wrong with it. No allocation, no lock, no trap.
enum SampleValidation {
  /// Errors, delays and turnarounds beyond this (13 days, in ns) are nonsense; the bound keeps sums far from overflow.
  static let longest: Int64 = 1 << 50
  /// A tenth of the frequency itself, in 2⁻¹⁶ ppb: no clock is that far off.
  static let largestFrequency: Int64 = 100_000_000 << 16
  /// How far in the future a sample may be: readings of two threads may differ by that, never by more.
  static let ahead: Int64 = 1_000_000

  enum Verdict {
    case valid(Sample)
    case refused(Misbehaviour)
  }

  /// `lastRaw` is the raw time of the source's previous sample; `clocks` has a bit for each clock that is there (0 to 63);
  /// `isReference`: the source is a reference clock, which alone has stratum 0 (RFC 5905, section 3: what follows it is of stratum 1).
  static func check(
    _ c: tompion_sample_t, lastRaw: Int64, now: RawInstant, clocks: UInt64, isReference: Bool = false
  ) -> Verdict {
    guard c.size == 128 else { return .refused(.badArgument) }
    guard c.clock < 64, clocks & (1 << UInt64(c.clock)) != 0 else { return .refused(.wrongClock) }
    guard c.raw_ns >= lastRaw, c.raw_ns >= 0, c.raw_ns <= now.nanoseconds &+ ahead else {
      return .refused(.notMonotone)
    }
    let reliable = c.flags & UInt32(TOMPION_SAMPLE_RELIABLE) != 0
    let strata: ClosedRange<UInt8> = (reliable || isReference ? 0 : 1)...(reliable ? 16 : 15)
    guard let leap = LeapIndicator(rawValue: c.leap), leap != .unsynchronized || reliable, strata.contains(c.stratum),
      let timescale = TimescaleCode(rawValue: c.timescale), timescale == .utc || timescale == .tai,
      let receiveKind = StampKind(rawValue: c.rx_kind), let transmitKind = StampKind(rawValue: c.tx_kind),
      c.reserved8 == 0, c.reserved64 == 0, c.flags >> 9 == 0,
      c.delay_ns.magnitude <= longest, c.turnaround_ns.magnitude <= longest, c.dispersion_ns <= longest,
      c.root_delay_ns <= longest, c.root_dispersion_ns <= longest,
      c.asymmetry_bound_ns == .max || c.asymmetry_bound_ns <= longest,
      c.frequency.magnitude <= largestFrequency
    else { return .refused(.outOfRange) }
    return .valid(
      Sample(
        source: SourceID(rawValue: c.source), sequence: c.sequence, flags: SampleFlags(rawValue: c.flags),
        clock: ClockID(rawValue: c.clock), era: ClockEra(rawValue: c.era),
        local: TimeInterval(nanoseconds: c.local_ns, subnanoseconds: c.local_subns),
        reference: TimeInterval(nanoseconds: c.reference_ns, subnanoseconds: c.reference_subns),
        raw: RawInstant(nanoseconds: c.raw_ns), delay: c.delay_ns, dispersion: c.dispersion_ns,
        rootDelay: c.root_delay_ns, rootDispersion: c.root_dispersion_ns, asymmetryBound: c.asymmetry_bound_ns,
        turnaround: c.turnaround_ns, frequencyScaled: c.frequency, referenceID: ReferenceID(rawValue: c.reference_id),
        taiOffset: c.tai_offset, timescale: timescale, leap: leap, stratum: c.stratum, precision: c.precision,
        poll: c.poll, receiveKind: receiveKind, transmitKind: transmitKind))
  }
}
