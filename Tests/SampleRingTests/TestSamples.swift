// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension Sample {
  /// A sample whose fields all follow from one number, so that a torn or swapped one is seen.
  static func numbered(_ number: Int) -> Sample {
    let value = Int64(number)
    return Sample(
      source: SourceID(rawValue: UInt32(truncatingIfNeeded: number)), sequence: UInt32(truncatingIfNeeded: number &* 3),
      flags: .reply, era: ClockEra(rawValue: UInt32(truncatingIfNeeded: number &* 5)),
      local: TimeInterval(nanoseconds: value &* 7, subnanoseconds: UInt16(truncatingIfNeeded: number)),
      reference: TimeInterval(nanoseconds: value &* 11), raw: RawInstant(nanoseconds: value &* 13), delay: value &* 17,
      dispersion: UInt64(bitPattern: value &* 19), rootDelay: UInt64(bitPattern: value &* 23),
      rootDispersion: UInt64(bitPattern: value &* 29), asymmetryBound: UInt64(bitPattern: value &* 31),
      turnaround: value &* 37, frequencyScaled: value &* 41,
      referenceID: ReferenceID(rawValue: UInt32(truncatingIfNeeded: number &* 43)),
      leap: .delete, stratum: 2, receiveKind: .kernel, transmitKind: .hardware)
  }
}
