// SPDX-License-Identifier: Apache-2.0

import NTPWire
package import TimeTypes

extension ReplyHeader {
  /// The header of a datagram; nil if it is shorter than one.
  package init?(_ bytes: Span<UInt8>) {
    guard let packet = try? NTPPacket(parsing: bytes) else { return nil }
    self.init(
      leap: packet.leap.rawValue, version: packet.version, mode: packet.mode.bits, stratum: packet.stratum,
      precision: packet.precision, rootDelay: packet.rootDelay.interval, rootDispersion: packet.rootDispersion.interval,
      referenceID: packet.referenceID.rawValue, reference: packet.referenceTimestamp.rawValue,
      origin: packet.origin.rawValue, receive: packet.receive.rawValue, transmit: packet.transmit.rawValue)
  }

  /// The interval from one NTP timestamp to another, whatever the era: at most ±68 years.
  package static func interval(from a: UInt64, to b: UInt64) -> TimeInterval {
    NTPTimestamp(rawValue: b) - NTPTimestamp(rawValue: a)
  }
}
