// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// The parts of the NTP header (RFC 5905, section 7.3) that the server writes in place.
enum Header {
  static let length = 48
  static let port: UInt16 = 123
  /// Key id and a digest of 160 bits.
  static let longestMAC = 24
  /// RFC 7822, section 7.5.1.
  static let shortestField = 16

  static let rootDelay = 4
  static let rootDispersion = 8
  static let referenceID = 12
  static let referenceTime = 16
  static let originTime = 24
  static let receiveTime = 32
  static let transmitTime = 40

  /// Seconds from 1900 to 1970.
  private static let epoch: Int64 = 2_208_988_800

  /// Nanoseconds as 16.16 bits of seconds, rounded up, saturating: an error bound must not shrink on the wire.
  static func shortFormat(_ nanoseconds: UInt64) -> UInt32 {
    let seconds = nanoseconds / 1_000_000_000
    guard seconds < 65536 else { return .max }
    let fraction = ((nanoseconds % 1_000_000_000) << 16 + 999_999_999) / 1_000_000_000
    let value = seconds << 16 + fraction
    return value > UInt64(UInt32.max) ? .max : UInt32(value)
  }

  /// Time since 1970 as a 64-bit NTP timestamp of its era, rounded down (0.23 ns).
  static func timestamp(_ time: TimeInterval) -> UInt64 {
    var seconds = time.nanoseconds / 1_000_000_000
    var rest = time.nanoseconds % 1_000_000_000
    if rest < 0 {
      seconds -= 1
      rest += 1_000_000_000
    }
    // 2^16 ns fractions, below 2^46; times 2^16 stays below 2^62.
    let scaled = UInt64(rest) << 16 | UInt64(time.subnanoseconds)
    let fraction = (scaled << 16) / 1_000_000_000
    return UInt64(truncatingIfNeeded: seconds &+ epoch) << 32 | fraction
  }

  static func store(_ value: UInt32, in packet: inout MutableSpan<UInt8>, at offset: Int) {
    for index in 0..<4 { packet[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index)) }
  }

  static func store(_ value: UInt64, in packet: inout MutableSpan<UInt8>, at offset: Int) {
    for index in 0..<8 { packet[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * index)) }
  }
}
