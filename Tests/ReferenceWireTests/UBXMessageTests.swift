// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ReferenceWire

@Suite struct UBXMessageTests {
  static func frame(_ kind: UInt16, _ payload: [UInt8]) -> [UInt8] {
    var body: [UInt8] = [UInt8(kind >> 8), UInt8(kind & 255), UInt8(payload.count & 255), UInt8(payload.count >> 8)]
    body += payload
    var (a, b): (UInt8, UInt8) = (0, 0)
    for byte in body {
      a &+= byte
      b &+= a
    }
    return [0xb5, 0x62] + body + [a, b]
  }

  static func bytes(_ value: Int64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
  }

  static func read(_ bytes: [UInt8]) -> ReceiverReport? { ReceiverReport(ubx: bytes.span) }

  /// NAV-PVT of 92 bytes.
  static func fix(
    year: Int64 = 2026, second: UInt8 = 7, valid: UInt8 = 7, accuracy: Int64 = 25, nano: Int64 = 0, type: UInt8 = 3
  ) -> [UInt8] {
    var payload = [UInt8](repeating: 0, count: 92)
    payload.replaceSubrange(4..<6, with: bytes(year, 2))
    payload.replaceSubrange(6..<12, with: [11, 21, 18, 5, second, valid])
    payload.replaceSubrange(12..<16, with: bytes(accuracy, 4))
    payload.replaceSubrange(16..<20, with: bytes(nano, 4))
    payload[20] = type
    payload[23] = 9
    return payload
  }

  @Test func aFix() throws {
    let report = try #require(Self.read(Self.frame(ReceiverReport.ubxFix, Self.fix())))
    #expect(report.day == CivilDay(year: 2026, month: 11, day: 21))
    #expect(report.time == CivilTime(hour: 18, minute: 5, second: 7))
    #expect(report.isValid == true && report.accuracy == 25 && report.satellites == 9)
    #expect(report.nanosecondsSince1970 == 1_795_284_307_000_000_000)
    for valid in 0..<7 as Range<UInt8> {
      #expect(Self.read(Self.frame(ReceiverReport.ubxFix, Self.fix(valid: valid)))?.isValid == false)
    }
    for (type, isValid) in [(0, false), (1, false), (2, true), (5, true), (6, false)] as [(UInt8, Bool)] {
      #expect(Self.read(Self.frame(ReceiverReport.ubxFix, Self.fix(type: type)))?.isValid == isValid)
    }
  }

  @Test func aRoundedSecondIsTakenBack() throws {
    let before = try #require(Self.read(Self.frame(ReceiverReport.ubxFix, Self.fix(nano: -300))))
    #expect(before.nanosecondsSince1970 == 1_795_284_306_999_999_700)
    let after = try #require(Self.read(Self.frame(ReceiverReport.ubxFix, Self.fix(nano: 300))))
    #expect(after.nanosecondsSince1970 == 1_795_284_307_000_000_300)
  }

  @Test func leapSecondsSpoofingAndAntenna() {
    var time = [UInt8](repeating: 0, count: 16)
    (time[10], time[11], time[12]) = (18, 7, 30)
    #expect(Self.read(Self.frame(ReceiverReport.ubxTimeGPS, time))?.leapSeconds == 18)
    #expect(Self.read(Self.frame(ReceiverReport.ubxTimeGPS, time))?.accuracy == 30)
    time[11] = 3
    #expect(Self.read(Self.frame(ReceiverReport.ubxTimeGPS, time))?.leapSeconds == nil)
    var leap = [UInt8](repeating: 0, count: 24)
    (leap[9], leap[11], leap[23]) = (18, 0xff, 3)
    let report = Self.read(Self.frame(ReceiverReport.ubxLeap, leap))
    #expect(report?.leapSeconds == 18 && report?.leapChange == -1)
    var status = [UInt8](repeating: 0, count: 16)
    for (state, spoofed) in [(0, nil), (1, false), (2, true), (3, true)] as [(UInt8, Bool?)] {
      status[7] = state << 3
      #expect(Self.read(Self.frame(ReceiverReport.ubxStatus, status))?.isSpoofed == spoofed)
    }
    var hardware = [UInt8](repeating: 0, count: 60)
    for (state, antenna) in [(0, .unknown), (2, .good), (3, .short), (4, .open)] as [(UInt8, ReceiverReport.Antenna)] {
      hardware[20] = state
      #expect(Self.read(Self.frame(ReceiverReport.ubxHardware, hardware))?.antenna == antenna)
    }
  }

  @Test func damagedOrShortFramesSayNothing() {
    let good = Self.frame(ReceiverReport.ubxFix, Self.fix())
    for index in good.indices {
      var damaged = good
      damaged[index] ^= 0x10
      #expect(Self.read(damaged) == nil, "\(index)")
    }
    for length in 0..<good.count { #expect(Self.read(Array(good.prefix(length))) == nil) }
    for kind in [0x0103, 0x0107, 0x0120, 0x0126, 0x0a09, 0x0505] as [UInt16] {
      #expect(Self.read(Self.frame(kind, [1, 2, 3])) == nil)
    }
    #expect(Self.read(Self.frame(ReceiverReport.ubxFix, Self.fix(year: 65535)))?.day == nil)
  }
}
