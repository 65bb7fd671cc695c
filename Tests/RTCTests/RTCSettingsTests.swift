// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import RTC

@Suite struct RTCSettingsTests {
  static func read(_ path: String, _ value: Setting.Value) -> (options: RTCOptions, complaints: [SettingComplaint]) {
    RTCSettings.read([Setting(index: 0, path: path, value: value, line: 3)])
  }

  @Test func goodValues() {
    #expect(Self.read("device", .string("/sys/class/rtc/rtc1/since_epoch")).options.device.contains("rtc1"))
    #expect(!Self.read("utc", .boolean(false)).options.isUTC)
    #expect(Self.read("interval", .integer(60)).options.interval == .seconds(60))
    #expect(RTCSettings.read([]).options == RTCOptions() && RTCOptions().interval == .seconds(660))
  }

  @Test(
    arguments: [
      ("device", .string("/dev/rtc0"), "since_epoch"), ("device", .integer(0), "since_epoch"),
      ("device", .string("sys/since_epoch"), "since_epoch"), ("utc", .integer(1), "true or false"),
      ("interval", .real(59.9), "60 to 86400"), ("interval", .real(.nan), "60 to 86400"),
      ("interval", .real(86400.1), "60 to 86400"),
      ("source[0].device", .string("/dev/rtc0"), "[provider.rtc]"), ("trim", .boolean(true), "README"),
    ] as [(String, Setting.Value, String)])
  func whatWouldBeRight(path: String, value: Setting.Value, advice: String) {
    let complaints = Self.read(path, value).complaints
    #expect(complaints.count == 1 && complaints[0].whatWouldBeRight.contains(advice))
  }
}
