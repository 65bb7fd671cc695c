// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TimeTypes

extension ReplyHeader {
  package static let length = 48

  /// The header of a datagram; nil if it is shorter than one.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= Self.length else { return nil }
    func word(_ offset: Int) -> UInt32 {
      UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
        | UInt32(bytes[offset + 3])
    }
    func timestamp(_ offset: Int) -> UInt64 { UInt64(word(offset)) << 32 | UInt64(word(offset + 4)) }
    func short(_ offset: Int) -> TimeInterval {
      // Units of 2⁻¹⁶ s; 10⁹ / 2¹⁶ ns each, in units of 2⁻¹⁶ ns: exact.
      let scaled = UInt64(word(offset)) &* 1_000_000_000
      return TimeInterval(nanoseconds: Int64(scaled >> 16), subnanoseconds: UInt16(truncatingIfNeeded: scaled))
    }
    self.init(
      leap: bytes[0] >> 6, version: bytes[0] >> 3 & 7, mode: bytes[0] & 7, stratum: bytes[1],
      precision: Int8(bitPattern: bytes[3]), rootDelay: short(4), rootDispersion: short(8), referenceID: word(12),
      reference: timestamp(16), origin: timestamp(24), receive: timestamp(32), transmit: timestamp(40))
  }
}
