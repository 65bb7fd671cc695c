// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What receivers and their drivers write as bytes: u-blox' protocol, NTP's shared memory and SOCK datagrams, all little-endian.
public enum ReceiverFrames {
  /// A second's burst: NAV-PVT, NAV-STATUS, NAV-TIMELS and MON-HW.
  public static func ubx(_ second: ReceiverSecond) -> [UInt8] {
    let (date, time) = ReceiverText.civil(second)
    var fix = [UInt8](repeating: 0, count: 92)
    put(UInt64(date.year), &fix, 4, 2)
    for (index, value) in [date.month, date.day, time.hour, time.minute, time.second].enumerated() {
      fix[6 + index] = UInt8(truncatingIfNeeded: value)
    }
    // validDate, validTime, fullyResolved; 25 ns; a fix in three dimensions.
    fix[11] = second.isValid ? 7 : 0
    put(25, &fix, 12, 4)
    put(UInt64(max(second.told, 0) % ReceiverText.billion), &fix, 16, 4)
    fix[20] = second.isValid ? 3 : 0
    fix[23] = second.isValid ? 9 : 0
    var status = [UInt8](repeating: 0, count: 16)
    status[7] = second.isSpoofed ? 2 << 3 : 1 << 3
    var leap = [UInt8](repeating: 0, count: 24)
    leap[9] = 18
    leap[11] = UInt8(truncatingIfNeeded: second.leapChange)
    leap[23] = 3
    var hardware = [UInt8](repeating: 0, count: 60)
    hardware[20] = second.hasAntenna ? 2 : 4
    // The supervisor's word first: a receiver without an antenna is not believed for another second.
    return frame(0x0a, 0x09, hardware) + frame(0x01, 0x03, status) + frame(0x01, 0x26, leap) + frame(0x01, 0x07, fix)
  }

  /// NTP's shared memory, mode 0, 96 bytes: the reference's moment, and what this host's clock showed; ns since 1970.
  public static func memory(clock: Int64, receive: Int64, leap: Int, precision: Int8) -> [UInt8] {
    var segment = [UInt8](repeating: 0, count: 96)
    for (time, seconds, micro, nano) in [(clock, 8, 16, 52), (receive, 24, 32, 56)] {
      put(UInt64(bitPattern: time / ReceiverText.billion), &segment, seconds, 8)
      put(UInt64(bitPattern: time % ReceiverText.billion / 1000), &segment, micro, 4)
      put(UInt64(bitPattern: time % ReceiverText.billion), &segment, nano, 4)
    }
    put(UInt64(leap), &segment, 36, 4)
    put(UInt64(bitPattern: Int64(precision)), &segment, 40, 4)
    put(1, &segment, 48, 4)
    return segment
  }

  /// A datagram of the SOCK protocol, 40 bytes: this host's clock to a microsecond, and how much the reference was ahead of that.
  public static func datagram(clock: Int64, receive: Int64, leap: Int) -> [UInt8] {
    var datagram = [UInt8](repeating: 0, count: 40)
    let shown = receive / 1000 * 1000
    put(UInt64(bitPattern: shown / ReceiverText.billion), &datagram, 0, 8)
    put(UInt64(bitPattern: shown % ReceiverText.billion / 1000), &datagram, 8, 8)
    put((Double(clock - receive) * 1e-9).bitPattern, &datagram, 16, 8)
    put(UInt64(leap), &datagram, 28, 4)
    put(0x534f_434b, &datagram, 36, 4)
    return datagram
  }

  /// leap of SHM and SOCK: 0 none, 1 inserted, 2 left out.
  public static func leapField(_ change: Int) -> Int { change > 0 ? 1 : change < 0 ? 2 : 0 }

  private static func frame(_ group: UInt8, _ id: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let body = [group, id, UInt8(payload.count & 0xff), UInt8(payload.count >> 8)] + payload
    var (a, b): (UInt8, UInt8) = (0, 0)
    for byte in body {
      a &+= byte
      b &+= a
    }
    return [0xb5, 0x62] + body + [a, b]
  }

  private static func put(_ value: UInt64, _ bytes: inout [UInt8], _ start: Int, _ count: Int) {
    for index in 0..<count { bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }
}
