// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Providers in the configuration")
struct ConfigurationProvidersTests {
  @Test("Strangers run in a child unless told otherwise") func placements() throws {
    let text = """
      [provider.ntp-server]
      [provider.gnss]
      module = "/opt/x/gnss.so"
      [provider.other]
      [provider.trusted]
      module = "/opt/x/trusted.so"
      placement = "in-process"
      [provider.moved]
      module = "tompion-ntp-client"
      """
    let read = try Configuration(toml: text, file: "t.toml")
    #expect(read.providers.map(\.placement) == [.inProcess, .process, .process, .inProcess, .inProcess])
    let head = """
      profile = "minimal"

      """
    let minimal = try Configuration(toml: head + text, file: "t.toml")
    #expect(minimal.providers.allSatisfy { $0.placement == .inProcess })
  }

  @Test("tables and sources are flattened for their providers, in the file's order")
  func flattened() throws {
    let text = """
      [provider.ntp-server]
      listen = ["0.0.0.0:123", "[::]:123"]
      allow = []
      limits = { rate = 2.5, burst = 8 }
      [provider.gnss]
      module = "./x/gnss.so"
      placement = "process"
      [[source]]
      address = "a"
      iburst = true
      [[source]]
      provider = "gnss"
      device = "/dev/ttyS0"
      [[source]]
      address = "b"
      """
    let read = try Configuration(toml: text, file: "t.toml")
    #expect(read.providers.map(\.name) == ["ntp-server", "gnss", "ntp-client"])
    let server = read.providers[0]
    #expect(server.values.map(\.path) == ["listen[0]", "listen[1]", "limits.rate", "limits.burst"])
    #expect(server.values[1].value == .string("[::]:123"))
    #expect(server.values[1].key == "provider.ntp-server.listen[1]")
    #expect(server.values[1].line == 2 && server.values[1].column == 26)
    #expect(server.modulePath(in: "/usr/lib/tompion") == "/usr/lib/tompion/libtompion-ntp-server.so")
    let gnss = read.providers[1]
    #expect(gnss.placement == .process)
    #expect(gnss.modulePath(in: "/usr/lib/tompion") == "./x/gnss.so")
    #expect(
      gnss.values == [
        SettingValue(
          path: "source[0].device", key: "source[1].device", value: .string("/dev/ttyS0"), line: 13, column: 10)
      ])
    let client = read.providers[2]
    #expect(client.values.map(\.path) == ["source[0].address", "source[0].iburst", "source[1].address"])
    #expect(client.values.map(\.key) == ["source[0].address", "source[0].iburst", "source[2].address"])
    #expect(client.sourcePlaces.map(\.line) == [8, 14])
    #expect(client.line == 8)
  }

  @Test(
    "what is no provider's",
    arguments: [
      ("[source]\naddress = \"a\"", "write a table for each source: [[source]]"),
      ("source = [1]", "source[0] = 1: it is an integer"),
      ("[[source]]\niburst = true", "t.toml:1:1: source[0].address: it is missing"),
      ("[[source]]", "it says nothing; write at least an address"),
      ("[[source]]\naddress = []", "t.toml:2:11: source[0].address = []: it is an empty list; write the server's name"),
      ("[[source]]\naddress = {}", "source[0].address = {}: it is an empty table; write the server's name"),
      ("[[source]]\naddress = \"a\"\nwhen = 07:00:00", "it is a date"),
      ("[[source]]\naddress = \"a\\u0000\"", "NUL"),
      ("[[source]]\naddress = \"a\"\nx = nan", "no finite number"),
      ("[[source]]\naddress = \"a\"\n\"x y\" = 1", "use letters, digits, _ and -"),
      ("[provider.\"a b\"]", "a provider has no such name"),
      ("[provider]\nntp-client = 3", "write a table: [provider.ntp-client]"),
      ("[provider.x]\nplacement = \"thread\"", "write \"in-process\" or \"process\""),
      ("[provider.x]\nmodule = \"\"", "it is empty"),
    ])
  func refused(_ text: String, _ expected: String) {
    let errors = ConfigurationTests.errors(text)
    #expect(errors.contains { $0.contains(expected) }, "\(errors)")
  }
}
