// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import PHC

@Suite struct HardwareClockSettingsTests {
  static func settings(_ values: [(String, Setting.Value)]) -> [Setting] {
    values.enumerated().map { Setting(index: UInt32($0), path: "source[\($1.0)", value: $1.1) }
  }

  @Test func allKeysAreRead() throws {
    let (sources, complaints) = HardwareClockSettings.read(
      Self.settings([
        ("0].device", .string("/dev/ptp3")), ("0].timescale", .string("utc")), ("0].offset", .real(-37)),
        ("0].auto_offset", .boolean(true)), ("0].poll", .integer(-2)), ("0].readings", .integer(16)),
        ("0].accuracy", .real(0.001)), ("0].hold", .real(60)), ("0].name", .string("host")),
        ("0].refid", .string("KVM")),
        ("0].prefer", .boolean(true)), ("0].noselect", .boolean(true)), ("0].trust", .boolean(true)),
        ("0].require", .boolean(true)), ("1].device", .string("/dev/ptp0")),
      ]))
    #expect(complaints.isEmpty && sources.count == 2)
    let first = try #require(sources.first)
    var options = HardwareClockOptions()
    (options.timescale, options.offset, options.findsOffset) = (.utc, .seconds(-37), true)
    (options.poll, options.readings, options.accuracy, options.hold) = (-2, 16, .milliseconds(1), .seconds(60))
    (options.prefer, options.noselect, options.trust, options.require) = (true, true, true, true)
    #expect(first.options == options)
    #expect(first.device == "/dev/ptp3" && first.name == "host" && first.referenceID == "KVM")
    #expect(sources.last?.options == HardwareClockOptions() && sources.last?.referenceID == "PHC0")
  }

  @Test(arguments: [
    ("device", Setting.Value.string("ptp0")), ("device", .integer(0)), ("timescale", .string("TAI")),
    ("timescale", .integer(1)), ("scale", .string("utc")), ("offset", .real(2e10)), ("offset", .string("a")),
    ("auto_offset", .integer(1)), ("poll", .integer(-5)), ("poll", .integer(11)), ("readings", .integer(0)),
    ("readings", .integer(65)), ("rate", .integer(4)), ("accuracy", .real(0.2)), ("hold", .real(-1)),
    ("refid", .string("")), ("refid", .string("LONGER")), ("require", .string("yes")), ("such", .integer(1)),
  ])
  func whatIsWrongIsSaid(key: String, value: Setting.Value) {
    var all: [(String, Setting.Value)] = key == "device" ? [] : [("0].device", .string("/dev/ptp0"))]
    all.append(("0].\(key)", value))
    let (_, complaints) = HardwareClockSettings.read(Self.settings(all))
    #expect(complaints.contains { $0.setting.path.hasSuffix(key) && !$0.whatWouldBeRight.isEmpty }, "\(complaints)")
  }

  @Test func sourcesThatCannotBeTogether() {
    let twice = HardwareClockSettings.read(
      Self.settings([("0].device", .string("/dev/ptp0")), ("1].device", .string("/dev/ptp0"))]))
    #expect(twice.complaints.count == 1)
    let none = HardwareClockSettings.read(Self.settings([("0].prefer", .boolean(true))]))
    #expect(none.complaints.count == 1)
    let limit = HardwareClockSettings.limit
    for (count, wrong) in [(limit, 0), (limit + 1, 1)] {
      let many = (0..<count).map { ("\($0)].device", Setting.Value.string("/dev/ptp\($0)")) }
      #expect(HardwareClockSettings.read(Self.settings(many)).complaints.count == wrong)
    }
  }
}
