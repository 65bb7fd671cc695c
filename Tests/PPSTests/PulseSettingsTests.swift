// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import PPS

@Suite struct PulseSettingsTests {
  static func settings(_ values: [(String, Setting.Value)]) -> [Setting] {
    values.enumerated().map { Setting(index: UInt32($0), path: "source[\($1.0)", value: $1.1) }
  }

  @Test func allKeysAreRead() {
    let (sources, complaints) = PulseSettings.read(
      Self.settings([
        ("0].device", .string("/dev/pps1")), ("0].edge", .string("clear")), ("0].enable_on", .string("/dev/ptp3")),
        ("0].delay", .real(-0.25)), ("0].accuracy", .real(2e-6)), ("0].tolerance", .real(1e-4)),
        ("0].width_check", .boolean(false)), ("0].name", .string("roof")), ("0].lock", .string("ntp.example.net")),
        ("0].refid", .string("GPS1")), ("0].prefer", .boolean(true)), ("0].noselect", .boolean(true)),
        ("0].trust", .boolean(true)), ("0].require", .boolean(true)), ("1].device", .string("/dev/ptp0")),
        ("1].channel", .integer(1)), ("1].pin", .integer(2)),
      ]))
    #expect(complaints.isEmpty && sources.count == 2)
    var options = PulseOptions()
    (options.edge, options.delay, options.accuracy) = (.clear, .milliseconds(-250), .microseconds(2))
    (options.tolerance, options.checksWidth) = (.microseconds(100), false)
    (options.prefer, options.noselect, options.trust, options.require) = (true, true, true, true)
    #expect(sources.first?.options.delay == options.delay && sources.first?.options.edge == .clear)
    #expect((sources[0].options.accuracy - options.accuracy).magnitude < TimeInterval(nanoseconds: 1))
    #expect(sources[0].options.checksWidth == false && sources[0].options.prefer && sources[0].options.require)
    #expect(sources[0].enableOn == "/dev/ptp3" && sources[0].name == "roof" && sources[0].referenceID == "GPS1")
    #expect(sources[0].options.isLocked && !sources[1].options.isLocked)
    #expect(sources[1].options.isHardwareClock && sources[1].options.channel == 1 && sources[1].options.pin == 2)
  }

  @Test(arguments: [
    ("device", Setting.Value.string("pps0")), ("device", .integer(0)), ("edge", .string("rising")),
    ("enable_on", .string("/dev/pps0")), ("delay", .real(0.5)), ("delay", .string("a")), ("lock", .string("")),
    ("lock", .boolean(true)),
    ("offset", .real(0)),
    ("channel", .integer(-1)), ("pin", .integer(256)), ("tolerance", .real(0)), ("accuracy", .real(1)),
    ("width_check", .integer(1)), ("refid", .string("")), ("refid", .string("LONGER")), ("refid", .string("a b")),
    ("such", .integer(1)),
  ])
  func whatIsWrongIsSaid(key: String, value: Setting.Value) {
    var all: [(String, Setting.Value)] = [("0].device", .string("/dev/pps0"))]
    if key == "device" { all = [] }
    all.append(("0].\(key)", value))
    let (_, complaints) = PulseSettings.read(Self.settings(all))
    #expect(complaints.contains { $0.setting.path.hasSuffix(key) && !$0.whatWouldBeRight.isEmpty }, "\(complaints)")
  }

  @Test func sourcesThatCannotBeTogether() {
    let none = PulseSettings.read(Self.settings([("0].edge", .string("clear"))]))
    #expect(none.complaints.count == 1)
    let twice = PulseSettings.read(
      Self.settings([("0].device", .string("/dev/pps0")), ("1].device", .string("/dev/pps0"))]))
    #expect(twice.complaints.count == 1)
    let pointless = PulseSettings.read(
      Self.settings([("0].device", .string("/dev/ptp0")), ("0].enable_on", .string("/dev/ptp1"))]))
    #expect(pointless.complaints.count == 1)
    let many = PulseSettings.read(Self.settings((0..<17).map { ("\($0)].device", .string("/dev/pps\($0)")) }))
    #expect(many.complaints.count == 1)
    #expect(PulseSettings.read([Setting(index: 0, path: "module", value: .string("x"))]).sources.isEmpty)
  }

  @Test func pathsOfHardwareClocks() {
    for path in ["/dev/ptp0", "/dev/ptp_kvm", "/dev/ptp/0"] { #expect(PulseSettings.isHardwareClock(path)) }
    for path in ["/dev/pps0", "/ptp0", "ptp0", "", "/dev"] { #expect(!PulseSettings.isHardwareClock(path)) }
  }
}
