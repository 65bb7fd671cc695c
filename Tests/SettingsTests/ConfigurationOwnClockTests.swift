// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("The own clock as what is served")
struct ConfigurationOwnClockTests {
  private static let server = "[provider.ntp-server]\nlisten = [\"0.0.0.0:123\"]\nallow = [\"all\"]\n"
  private static let peer = "[[source]]\naddress = \"192.0.2.1\"\n"

  @Test("one of the two ways to serve it")
  func oneWay() {
    let errors = ConfigurationTests.errors("[clock]\nlocal_stratum = 8\n" + Self.server + "[provider.local]\n")
    #expect(errors.count == 1 && errors[0].hasPrefix("t.toml:2:17: clock.local_stratum = 8: the provider \"local\""))
    #expect(ConfigurationTests.errors("[clock]\nlocal_stratum = 8\n" + Self.server).isEmpty)
    #expect(ConfigurationTests.errors("[clock]\nlocal_stratum = 0\n" + Self.server + "[provider.local]\n").isEmpty)
    let off = "[clock]\nlocal_stratum = 8\n" + Self.server + "[provider.local]\nenabled = false\n"
    #expect(ConfigurationTests.errors(off).isEmpty)
  }

  @Test("what would have no effect is told")
  func withoutEffect() throws {
    func warnings(_ text: String) throws -> [String] {
      try Configuration(toml: text, file: "t.toml").warnings.map(\.description)
    }
    let orphan = "[provider.local]\norphan = true\n"
    #expect(try warnings(Self.peer + Self.server + orphan).isEmpty)
    #expect(try warnings(Self.server + orphan).first?.contains("no other host to elect from") == true)
    #expect(try warnings(Self.peer + orphan).first?.contains("nobody is served") == true)
    #expect(try warnings(Self.server + "[provider.local]\n").isEmpty)
  }
}
