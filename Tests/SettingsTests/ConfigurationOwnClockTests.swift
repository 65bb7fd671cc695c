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
    #expect(errors.count == 1)
    #expect(errors[0].hasPrefix("t.toml:2:17: clock.local_stratum = 8: [provider.local] in line 6 says whether"))
    #expect(errors[0].hasSuffix("leave it out, and write stratum = 8 there"))
    #expect(ConfigurationTests.errors("[clock]\nlocal_stratum = 0\n" + Self.server + "[provider.local]\n").isEmpty)
    let off = "[clock]\nlocal_stratum = 8\n" + Self.server + "[provider.local]\nenabled = false\n"
    #expect(ConfigurationTests.errors(off).count == 1)
    let much = ConfigurationTests.errors("[clock]\nlocal_stratum = 8\nlocal_dispersion = 10\n" + Self.server)
    #expect(much.count == 1 && much[0].contains("t.toml:3:20: clock.local_dispersion"), "what no client would follow")
  }

  @Test("clock.local_stratum is the provider local")
  func shortWord() throws {
    func local(_ text: String) throws -> ProviderConfiguration? {
      try Configuration(toml: text + Self.server, file: "t.toml").providers.first { $0.name == "local" }
    }
    #expect(try local("") == nil && local("[clock]\nlocal_stratum = 0\n") == nil)
    let short = try #require(try local("[clock]\nlocal_stratum = 8\nlocal_dispersion = 0.25\n"))
    let written = try #require(try local("[provider.local]\nstratum = 8\nwait = 0.0\ndispersion = 0.25\n"))
    #expect(short.values.map(\.path) == written.values.map(\.path))
    #expect(short.values.map(\.value) == written.values.map(\.value))
    #expect(short.placement == written.placement && short.module == written.module && short.enabled)
    // What is wrong with it is told of the line that was written.
    #expect(short.values.map(\.key) == ["clock.local_stratum", "clock.local_stratum", "clock.local_dispersion"])
    #expect(short.values.map(\.line) == [2, 2, 3] && short.line == 2)
    #expect(try local("[clock]\nlocal_stratum = 1\n")?.values.last?.value == .real(0.001))
    let unserved = try Configuration(toml: "[clock]\nlocal_stratum = 8\n", file: "t.toml").warnings
    #expect(unserved.map(\.key) == ["clock.local_stratum"] && unserved[0].problem.contains("nobody is served"))
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
