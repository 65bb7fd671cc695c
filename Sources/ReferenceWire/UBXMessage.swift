// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// A frame of u-blox' protocol UBX: two sync bytes, class, id, length, payload, and an 8-bit Fletcher checksum (interface descriptions of
/// u-blox 8/M8 and F9, "UBX frame structure").
package enum UBXFrame {
  package static let overhead = 8
  /// Longer ones are skipped: nothing that is read here is longer than NAV-PVT's 92.
  package static let longestPayload = 256
  package static let sync: (UInt8, UInt8) = (0xb5, 0x62)

  /// The kind (class and id) and where the payload is; nil = not a whole frame, or damaged.
  package static func check(_ bytes: Span<UInt8>) -> (kind: UInt16, payload: Range<Int>)? {
    guard bytes.count >= overhead, bytes[0] == sync.0, bytes[1] == sync.1 else { return nil }
    let length = Int(bytes[4]) | Int(bytes[5]) << 8
    guard length == bytes.count - overhead else { return nil }
    var (a, b): (UInt8, UInt8) = (0, 0)
    for index in 2..<6 + length {
      a &+= bytes[index]
      b &+= a
    }
    guard a == bytes[6 + length], b == bytes[7 + length] else { return nil }
    return (UInt16(bytes[2]) << 8 | UInt16(bytes[3]), 6..<6 + length)
  }
}

extension ReceiverReport {
  package static let ubxStatus: UInt16 = 0x0103
  package static let ubxFix: UInt16 = 0x0107
  package static let ubxTimeGPS: UInt16 = 0x0120
  package static let ubxLeap: UInt16 = 0x0126
  package static let ubxHardware: UInt16 = 0x0a09

  /// A UBX frame's report; nil = damaged, or of a kind that is not read here.
  package init?(ubx bytes: Span<UInt8>) {
    guard let (kind, range) = UBXFrame.check(bytes) else { return nil }
    let payload = bytes.extracting(range)
    self.init()
    switch kind {
    case Self.ubxFix:
      guard range.count >= 84 else { return nil }
      readFix(payload)
    case Self.ubxTimeGPS:
      guard range.count >= 16, let valid = LittleEndian.unsigned(payload, 11, 1) else { return nil }
      if valid & 4 != 0 { leapSeconds = LittleEndian.signed(payload, 10, 1).map { Int8(truncatingIfNeeded: $0) } }
      if valid & 3 == 3 { accuracy = LittleEndian.unsigned(payload, 12, 4) }
    case Self.ubxLeap:
      guard range.count >= 24, let valid = LittleEndian.unsigned(payload, 23, 1) else { return nil }
      if valid & 1 != 0 { leapSeconds = LittleEndian.signed(payload, 9, 1).map { Int8(truncatingIfNeeded: $0) } }
      if valid & 2 != 0 { leapChange = LittleEndian.signed(payload, 11, 1).map { Int8(truncatingIfNeeded: $0) } }
    case Self.ubxStatus:
      guard range.count >= 16, let flags = LittleEndian.unsigned(payload, 7, 1) else { return nil }
      // spoofDetState: 0 not known, 1 none, 2 indicated, 3 by several signs.
      let state = flags >> 3 & 3
      isSpoofed = state == 0 ? nil : state >= 2
    case Self.ubxHardware:
      guard range.count >= 60, let state = LittleEndian.unsigned(payload, 20, 1) else { return nil }
      antenna = state == 2 ? .good : state == 3 ? .short : state == 4 ? .open : .unknown
    default: return nil
    }
  }

  /// NAV-PVT: `nano` may be negative, as the second is rounded.
  private mutating func readFix(_ payload: Span<UInt8>) {
    guard let year = LittleEndian.unsigned(payload, 4, 2), let month = LittleEndian.unsigned(payload, 6, 1),
      let day = LittleEndian.unsigned(payload, 7, 1),
      let hour = LittleEndian.unsigned(payload, 8, 1), let minute = LittleEndian.unsigned(payload, 9, 1),
      let second = LittleEndian.unsigned(payload, 10, 1),
      let valid = LittleEndian.unsigned(payload, 11, 1), let fraction = LittleEndian.signed(payload, 16, 4),
      let fix = LittleEndian.unsigned(payload, 20, 1)
    else { return }
    accuracy = LittleEndian.unsigned(payload, 12, 4)
    satellites = LittleEndian.unsigned(payload, 23, 1).map { UInt8(truncatingIfNeeded: $0) }
    // validDate, validTime, fullyResolved; a fix of time alone (5) is enough.
    isValid = valid & 7 == 7 && (2...5).contains(fix)
    self.fix = fix == 5 ? .time : fix == 2 ? .flat : fix == 3 || fix == 4 ? .full : Fix.none
    self.day = CivilDay.ofReceiver(year: Int(year), month: Int(month), day: Int(day))
    time = CivilTime(hour: Int(hour), minute: Int(minute), second: Int(second))
    guard fraction != 0, let whole = time else { return }
    if (0...999_999_999).contains(fraction) {
      time = CivilTime(hour: whole.hour, minute: whole.minute, second: whole.second, nanosecond: Int(fraction))
    } else {
      correction = (-1_000_000_000...0).contains(fraction) ? fraction : 0
    }
  }
}
