// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Schemes that are wanted and not offered")
struct ConfigurationSchemesTests {
  private func warnings(_ text: String) throws -> [String] {
    try Configuration(toml: text, file: "t.toml").schemeWarnings.map(\.description)
  }

  private static let symmetric = "[provider.ntp-symmetric]\nkey_files = [\"/etc/k\"]\n"
  private static func source(_ auth: String, at address: String = "a.example") -> String {
    "[[source]]\naddress = \"\(address)\"\nauth = \"\(auth)\"\n"
  }

  @Test("a source whose scheme nobody offers: where it is wanted, and what to write")
  func absent() throws {
    let key = try warnings(Self.source("key:7"))
    #expect(key.count == 1 && key[0].hasPrefix("t.toml:3:8: source[0].auth = \"key:7\": "), "\(key)")
    #expect(key.first?.contains("[provider.ntp-symmetric] with key_files") == true)
    let microsoft = try warnings(Self.symmetric + Self.source("ms-sntp"))
    #expect(microsoft.count == 1 && microsoft[0].contains("[provider.ms-sntp] with domain"), "\(microsoft)")
    let nts = try warnings(Self.symmetric + Self.source("nts"))
    #expect(nts.count == 1 && nts[0].contains("offers \"nts\" comes with Tompion; use auth = \"key:N\""), "\(nts)")
    for right in ["none", "key:7", "nonsense"] { #expect(try warnings(Self.symmetric + Self.source(right)).isEmpty) }
    #expect(try warnings("[provider.keys]\nmodule = \"tompion-ntp-symmetric\"\n" + Self.source("key:7")).isEmpty)
    #expect(try warnings("[provider.ms-sntp]\ndomain = \"example\"\n" + Self.source("ms-sntp")).isEmpty)
  }

  @Test("one warning for all sources that want the same")
  func once() throws {
    let found = try warnings((0..<3).map { Self.source("key:\($0 + 1)", at: "a\($0).example") }.joined())
    #expect(found.count == 1 && found[0].contains("so it is for 2 more"), "\(found)")
  }

  @Test("a provider that is not enabled, or runs where it cannot be asked")
  func outOfReach() throws {
    let disabled = try warnings("[provider.ntp-symmetric]\nenabled = false\n" + Self.source("key:7"))
    #expect(disabled.count == 1 && disabled[0].contains("enabled = true in [provider.ntp-symmetric]"), "\(disabled)")
    let child = try warnings("[provider.ntp-symmetric]\nplacement = \"process\"\n" + Self.source("key:7"))
    #expect(child.count == 1 && child[0].contains("\"in-process\" in [provider.ntp-symmetric]"), "\(child)")
    for user in ["ntp-client", "ntp-server"] {
      let found = try warnings(
        Self.symmetric + "[provider.\(user)]\nplacement = \"process\"\n"
          + (user == "ntp-server" ? "authenticate = [\"symmetric\"]\n" : Self.source("key:7")))
      #expect(found.count == 1 && found[0].contains("\"in-process\" in [provider.\(user)]"), "\(found)")
    }
    #expect(try warnings("[provider.ntp-client]\nplacement = \"process\"\n" + Self.source("none")).isEmpty)
  }

  @Test("the server's schemes")
  func server() throws {
    let text = "[provider.ntp-server]\nauthenticate = [\"symmetric\", \"ms-sntp\"]\n"
    let both = try warnings(text)
    #expect(both.count == 2 && both[1].contains("provider.ntp-server.authenticate[1] = \"ms-sntp\""), "\(both)")
    #expect(try warnings(text + Self.symmetric).count == 1)
    #expect(try warnings(text + "enabled = false\n").isEmpty)
    #expect(try warnings("[provider.ntp-server]\nauthenticate = \"nts\"\n").count == 1)
  }

  @Test("somebody else's provider may offer anything, but not from a process of its own")
  func strangers() throws {
    let stranger = "[provider.corp]\nmodule = \"corp-auth\"\n"
    #expect(try warnings(stranger + "placement = \"in-process\"\n" + Self.source("nts")).isEmpty)
    #expect(try warnings(stranger + Self.source("nts")).count == 1)
  }

  @Test("what the loaded providers do not offer is named beside what they do")
  func unoffered() throws {
    func errors(_ text: String, _ offered: [String]) throws -> [String] {
      try Configuration(toml: text, file: "t.toml").unofferedSchemes(offered: offered).map(\.description)
    }
    let text = Self.symmetric + "[provider.ntp-server]\nauthenticate = [\"symmetric\", \"symetric\"]\n"
    let found = try errors(text, ["symmetric", "ms-sntp"])
    #expect(found.count == 1, "\(found)")
    #expect(
      found.first?.hasPrefix("t.toml:4:30: provider.ntp-server.authenticate[1] = \"symetric\": ") == true, "\(found)")
    #expect(found.first?.contains("offered are \"symmetric\", \"ms-sntp\"") == true, "\(found)")
    #expect(found.first?.hasSuffix("did you mean \"symmetric\"?") == true, "\(found)")
    let alone = try warnings(text)
    #expect(alone.count == 1 && alone[0].hasSuffix("did you mean \"symmetric\"?"), "\(alone)")
    // Somebody else's provider may offer anything, and is asked what it does.
    let foreign = "[provider.x]\nmodule = \"/opt/x.so\"\nplacement = \"in-process\"\n" + Self.source("nts")
    #expect(try warnings(foreign).isEmpty)
    #expect(try errors(foreign, ["nts"]).isEmpty)
    let none = try errors(foreign, [])
    #expect(
      none.count == 1 && none[0].contains("no provider of this file offers \"nts\"; none is offered here"), "\(none)")
    #expect(try errors(Self.source("none"), []).isEmpty)
  }
}
