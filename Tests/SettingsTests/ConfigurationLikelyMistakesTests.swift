// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Settings

@Suite struct ConfigurationLikelyMistakesTests {
  private static func warnings(_ text: String) throws -> [String] {
    try Configuration(toml: text, file: "t.toml").warnings.map(\.description)
  }

  @Test(arguments: [
    ("", true), ("[provider.ntp-server]", true), ("[provider.rtc]", true), ("[provider.gnss]\nenabled = false", true),
    ("[provider.local]", false), ("[provider.manual]", false), ("[provider.theirs]", false),
    ("[[source]]\naddress = \"192.0.2.1\"", false),
  ])
  func nothingToFollow(text: String, isTold: Bool) throws {
    #expect(try Self.warnings(text + "\n").contains { $0.contains("there is no [[source]]") } == isTold)
  }

  @Test func twoSourcesOfOneName() throws {
    let text = """
      [[source]]
      provider = "gnss"
      sock = "/run/a.sock"
      name = "receiver"
      [[source]]
      provider = "pps"
      device = "/dev/pps0"
      name = "NAME"

      """
    let found = try Self.warnings(text.replacing("NAME", with: "receiver")).filter { $0.contains("name") }
    #expect(
      found.count == 1 && found[0].hasPrefix("t.toml:8:8: source[1].name = \"receiver\"") && found[0].contains("line 4")
    )
    #expect(try !Self.warnings(text.replacing("NAME", with: "pulses")).contains { $0.contains("name of its own") })
  }

  @Test(arguments: [
    ("listen = [\"0.0.0.0:123\"]", true), ("listen = [\"127.0.0.1:123\", \"192.0.2.1\"]", true),
    ("listen = [\"eth0\"]", true), ("listen = [\"127.0.0.1:123\", \"[::1]:123\"]", false), ("", false),
    ("listen = [\"0.0.0.0:123\"]\nallow = [\"all\"]", false), ("listen = [\"0.0.0.0:123\"]\nenabled = false", false),
  ])
  func aServerThatNobodyMayAsk(keys: String, isTold: Bool) throws {
    let text = "[[source]]\naddress = \"192.0.2.9\"\n[provider.ntp-server]\n\(keys)\n"
    #expect(try Self.warnings(text).contains { $0.contains("without allow") && $0.contains("listen[") } == isTold)
  }

  @Test(arguments: [
    ("[clock]\nlocal_stratum = 1", true), ("[clock]\nlocal_stratum = 1\nlocal_dispersion = 0.5", false),
    ("[clock]\nlocal_stratum = 10", false), ("[provider.local]\nstratum = 1\ndispersion = 0.000001", true),
    ("[provider.local]\nstratum = 1", false), ("[provider.local]\nstratum = 8\ndispersion = 0.000001", false),
  ])
  func anOwnClockThatPassesForAReference(text: String, isTold: Bool) throws {
    #expect(try Self.warnings(text + "\n").contains { $0.contains("pass for a reference") } == isTold)
  }
}
