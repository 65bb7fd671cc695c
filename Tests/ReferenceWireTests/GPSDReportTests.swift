// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ReferenceWire

@Suite struct GPSDReportTests {
  static func read(_ text: String) throws(GPSDReport.Fault) -> GPSDReport { try GPSDReport(Array(text.utf8).span) }

  static func fault(_ text: String) -> GPSDReport.Fault? {
    do throws(GPSDReport.Fault) { _ = try read(text) } catch { return error }
    return nil
  }

  @Test func aFix() throws {
    let line =
      #"{"class":"TPV","device":"/dev/ttyS0","mode":3,"time":"2026-11-21T18:05:07.250Z","ept":0.005,"leapseconds":18,"lat":48.1,"a":[{"b":"}"}]}"#
    guard case .fix(let report) = try Self.read(line + "\r\n") else { return #expect(Bool(false)) }
    #expect(report.day == CivilDay(year: 2026, month: 11, day: 21))
    #expect(report.time == CivilTime(hour: 18, minute: 5, second: 7, nanosecond: 250_000_000))
    #expect(report.isValid == true && report.accuracy == 5_000_000 && report.leapSeconds == 18 && report.fix == .full)
    for text in [
      #"{"class":"TPV","mode":1,"time":"2026-11-21T18:05:07Z"}"#, #"{"class":"TPV","mode":3}"#,
      #"{"class":"TPV","mode":3,"time":"2026-13-21T18:05:07Z"}"#,
      #"{"class":"TPV","mode":3,"time":"2026-11-21 18:05:07Z"}"#,
    ] {
      guard case .fix(let report) = try Self.read(text) else { return #expect(Bool(false)) }
      #expect(report.isValid == false, "\(text)")
    }
  }

  @Test func pulsesAndSerialTime() throws {
    let pulse =
      #"{"class":"PPS","device":"/dev/pps0","real_sec":1795284307,"real_nsec":0,"clock_sec":1795284306,"clock_nsec":999998000,"precision":-20,"shm":"NTP2","qErr":-1234}"#
    #expect(
      try Self.read(pulse) == .pulse(real: 1_795_284_307_000_000_000, clock: 1_795_284_306_999_998_000, precision: -20))
    let serial = #"{"class":"TOFF","real_sec":1795284307,"real_nsec":0,"clock_sec":1795284307,"clock_nsec":120000000}"#
    #expect(try Self.read(serial) == .serial(real: 1_795_284_307_000_000_000, clock: 1_795_284_307_120_000_000))
    #expect(Self.fault(#"{"class":"PPS","real_sec":1,"real_nsec":0,"clock_sec":1}"#) == .value)
    #expect(Self.fault(#"{"class":"TOFF","real_sec":-1,"real_nsec":0,"clock_sec":1,"clock_nsec":1}"#) == .value)
    // More seconds than nanoseconds have room for: no trap.
    for field in ["real_sec", "clock_sec"] {
      let other = field == "real_sec" ? "clock_sec" : "real_sec"
      for kind in ["PPS", "TOFF"] {
        let line = #"{"class":"\#(kind)","\#(field)":9999999999,"real_nsec":9,"\#(other)":1,"clock_nsec":9}"#
        #expect(Self.fault(line) == .value, "\(line)")
      }
    }
    #expect(try Self.read(#"{"class":"SKY","satellites":[{"PRN":1},{"PRN":2}]}"#) == .other)
    #expect(try Self.read("{}") == .other)
  }

  @Test func whatIsNoObject() {
    for text in [
      "", "x", "[]", "{", #"{"class"}"#, #"{"class":}"#, #"{"class":"TPV""#, #"{"class":"TPV"}x"#, #"{"a":1,,"b":2}"#,
      #"{"a":[1,2}"#, #"{"a":"\"#, #"{"a" 1}"#, #"{a:1}"#,
    ] { #expect(Self.fault(text) == .form, "\(text)") }
    #expect(Self.fault("{" + String(repeating: " ", count: 20_000) + "}") == .form, "longer than any line of gpsd's")
    // Deep nesting takes no stack.
    #expect(
      try! Self.read(#"{"a":"# + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000) + "}")
        == .other)
  }
}
