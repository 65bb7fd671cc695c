// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Settings

@Suite("clock.rtc")
struct ClockConfigurationRTCTests {
  @Test("off unless it is asked for")
  func off() throws {
    for text in ["", "[clock.rtc]\n", "[clock.rtc]\ntrim = false\ndevice = \"/dev/rtc1\"\n"] {
      #expect(try Configuration(toml: text, file: "t.toml").clock.trimmedClock == nil)
    }
    #expect(try Configuration(toml: "[clock.rtc]\ntrim = true\n", file: "t.toml").clock.trimmedClock == "/dev/rtc0")
    let other = try Configuration(toml: "[clock.rtc]\ntrim = true\ndevice = \"/dev/rtc1\"\n", file: "t.toml")
    #expect(other.clock.trimmedClock == "/dev/rtc1")
  }

  private static let mistakes: [(text: String, says: [String])] = [
    ("[clock]\nsteer = false\n[clock.rtc]\ntrim = true\n", ["t.toml:4:8: clock.rtc.trim = true", "only watched"]),
    ("[clock]\nkind = \"virtual\"\n[clock.rtc]\ntrim = true\n", ["t.toml:4:8: clock.rtc.trim = true", "virtual"]),
    ("[clock.rtc]\ntrim = 1\n", ["clock.rtc.trim", "true or false"]),
    ("[clock.rtc]\ntrim = true\ndevice = \"rtc0\"\n", ["clock.rtc.device"]),
    ("[clock.rtc]\ndevice = \"/dev/../etc/adjtime\"\n", ["clock.rtc.device", "/dev/rtc0"]),
    ("[clock.rtc]\nutc = true\n", ["clock.rtc.utc"]),
  ]

  @Test("what is wrong is named", arguments: mistakes.indices)
  func wrong(number: Int) {
    let (text, says) = Self.mistakes[number]
    let errors = ConfigurationTests.errors(text)
    #expect(errors.count == 1 && says.allSatisfy { errors.first?.contains($0) == true }, "\(errors)")
  }
}
