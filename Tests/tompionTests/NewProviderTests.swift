// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Testing

@testable import tompion

@Suite("tompion new-provider: names in paths and texts")
struct NewProviderTests {
  @Test("templates get the name in every form")
  func names() throws {
    let provider = try NewProvider(name: "gps-receiver2", language: "c")
    let text = "example-clock example_clock ExampleClock /opt/tompion example"
    let files = provider.files(from: [Folder.File("src/example_clock.c", Array(text.utf8))], prefix: "/usr/local")
    #expect(files.map(\.path) == ["src/gps_receiver2.c"])
    #expect(
      files.map { String(decoding: $0.bytes, as: UTF8.self) } == [
        "gps-receiver2 gps_receiver2 GpsReceiver2 /usr/local example"
      ])
  }

  @Test("programs are told the folder")
  func json() throws {
    let made = try NewProvider(name: "gps", language: "c++").json.encoded
    #expect(made == #"{"provider":"gps","language":"c++","folder":"gps"}"#)
  }

  @Test("where the templates are")
  func prefix() {
    #expect(
      NewProvider.prefix(of: "/usr/local/bin/tompion") == "/usr/local" && NewProvider.prefix(of: "/bin/tompion") == "/")
    #expect(NewProvider.prefix(of: "tompion") == nil && NewProvider.prefix(of: "/tompion") == nil)
  }

  @Test("names that are none", arguments: ["", "a_b", "-a", "a-", "a--b", "2a", "A", "ä", "ms-sntp"])
  func noName(name: String) {
    #expect(throws: (any Error).self) { try NewProvider(name: name, language: "c") }
  }
}
