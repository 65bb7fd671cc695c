// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ReferenceWire

@Suite struct NMEASentenceTests {
  /// With its checksum.
  static func sentence(_ body: String) -> [UInt8] {
    let sum = body.utf8.reduce(0) { $0 ^ $1 }
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("$\(body)*".utf8) + [digits[Int(sum >> 4)], digits[Int(sum & 15)]]
  }

  static func report(_ body: String) throws -> ReceiverReport {
    let text = sentence(body)
    return ReceiverReport(try NMEASentence(text.span), text.span)
  }

  static func fault(_ text: [UInt8]) -> NMEASentence.Fault? {
    do throws(NMEASentence.Fault) { _ = try NMEASentence(text.span) } catch { return error }
    return nil
  }

  @Test func recommendedMinimum() throws {
    let report = try Self.report("GPRMC,123519.25,A,4807.038,N,01131.000,E,022.4,084.4,230326,003.1,W,A")
    #expect(report.time == CivilTime(hour: 12, minute: 35, second: 19, nanosecond: 250_000_000))
    #expect(report.day == CivilDay(year: 2026, month: 3, day: 23))
    #expect(report.isValid == true && report.isCenturyGuessed)
    #expect(try Self.report("GNRMC,123519,V,,,,,,,230326,,").isValid == false)
    for (mode, valid) in [
      ("A", true), ("D", true), ("N", false), ("E", false), ("S", false), ("M", false), ("R", true),
    ] {
      #expect(try Self.report("GPRMC,123519,A,,,,,,,230326,,,\(mode)").isValid == valid, "\(mode)")
    }
    #expect(try Self.report("GPRMC,123519,A,,,,,,,060180,,").day?.year == 1980)
  }

  @Test func dateOfFourDigits() throws {
    let report = try Self.report("GPZDA,235960.00,31,12,2016,00,00")
    #expect(report.time?.isLeapSecond == true && report.day == CivilDay(year: 2016, month: 12, day: 31))
    #expect(report.nanosecondsSince1970 == 1_483_228_800_000_000_000 && !report.isCenturyGuessed)
    #expect(report.isValid == nil, "it does not say")
    #expect(try Self.report("GPZDA,120000,31,02,2016,00,00").day == nil)
    #expect(try Self.report("GPZDA,120000,1,2,99,00,00").day == nil)
  }

  @Test func fixAndPosition() throws {
    let fix = try Self.report("GPGGA,123519.,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,")
    #expect(fix.quality == 1 && fix.satellites == 8 && fix.isValid == true && fix.time?.nanosecond == 0)
    #expect(try Self.report("GPGGA,123519,,,,,0,00,,,M,,M,,").isValid == false)
    #expect(try Self.report("GPGGA,123519,,,,,8,04,,,M,,M,,").isValid == false, "simulated")
    let position = try Self.report("GLGLL,4916.45,N,12311.12,W,225444,A,A")
    #expect(position.time == CivilTime(hour: 22, minute: 54, second: 44) && position.isValid == true)
    #expect(try Self.report("GPGLL,,,,,225444,V").isValid == false)
  }

  @Test(arguments: [("1", ReceiverReport.Fix.none), ("2", .flat), ("3", .full), ("", nil), ("7", nil)])
  func howMuchOfAFixThereIs(digit: String, fix: ReceiverReport.Fix?) throws {
    let report = try Self.report("GPGSA,A,\(digit),04,05,,09,12,,,24,,,,,2.5,1.3,2.1")
    #expect(report.fix == fix && report.time == nil && report.isValid == nil)
  }

  @Test func theLastYearThatFits() throws {
    #expect(try Self.report("GPZDA,235959,31,12,2261,00,00").nanosecondsSince1970 != nil)
    #expect(try Self.report("GPZDA,235959,01,01,2262,00,00").nanosecondsSince1970 == nil)
  }

  @Test func emptyFieldsSayNothing() throws {
    let report = try Self.report("GPRMC,,V,,,,,,,,,,N")
    #expect(report.time == nil && report.day == nil && report.isValid == false)
    #expect(try Self.report("GPRMC,").time == nil)
    #expect(try Self.report("GPRMC,12351,A,,,,,,,230326,,").time == nil)
    #expect(try Self.report("GPRMC,123519x5,A,,,,,,,230326,,").time == nil)
  }

  @Test func whatIsNoSentence() {
    let good = Self.sentence("GPZDA,120000,01,02,2026,00,00")
    #expect(Self.fault(good) == nil && Self.fault(good + [13, 10]) == nil)
    for index in 1..<good.count - 3 {
      var damaged = good
      damaged[index] ^= 1
      #expect(Self.fault(damaged) == .checksum || Self.fault(damaged) == .form, "\(index)")
    }
    for length in 0..<good.count { #expect(Self.fault(Array(good.prefix(length))) == .form) }
    #expect(Self.fault(Self.sentence("GPGSV,1,1,00")) == .kind)
    #expect(Self.fault(Self.sentence("PUBX,04,120000")) == .kind, "of a maker's own")
    #expect(Self.fault(Self.sentence("GPRMC" + String(repeating: ",", count: 140))) == .form)
    #expect(Self.fault(Self.sentence("GPRMC,\u{1b}[2J")) == .form)
  }

  @Test func manyFieldsDoNoHarm() throws {
    let report = try Self.report("GPZDA,120000,01,02,2026" + String(repeating: ",1", count: 40))
    #expect(report.day == CivilDay(year: 2026, month: 2, day: 1))
  }
}
