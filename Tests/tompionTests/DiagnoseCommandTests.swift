// SPDX-License-Identifier: Apache-2.0

import Report
import Testing
import TimeTypes

@testable import tompion

@Suite("tompion diagnose: its arguments, and servers as they are written")
struct DiagnoseCommandTests {
  private func diagnose(_ line: String) throws -> DiagnoseCommand {
    try #require(try DiagnoseCommand(line.split(separator: " ").map(String.init)))
  }

  @Test("what it asks for")
  func asks() throws {
    #expect(try diagnose("").source == nil && diagnose("").timeout == 2)
    let all = try diagnose(
      "a.example:1123 --key 7 --key-file k --timeout 60 --report --json --socket s --config c --against b")
    #expect(all.source == "a.example:1123" && all.key == 7 && all.keyFile == "k" && all.timeout == 60)
    #expect(all.report && all.json && all.socket == "s" && all.configuration == "c" && all.against == ["b"])
    #expect(try diagnose("--public").against == DiagnoseCommand.publicServers)
    #expect(try DiagnoseCommand(["a", "--help"]) == nil)
  }

  @Test(
    "what is wrong is named",
    arguments: [
      ("a b", "one source, not 2"), ("--timeout 0", "1 to 60"), ("--timeout 61", "1 to 60"),
      ("--key 7", "needs a source"),
      ("a --key 0", "--key 0"), ("a --key-file k", "needs --key"), ("--against a:0", "a:0 is no server"),
      ("--against [::1", "is no server"),
      ("--force", "no option --force"),
    ])
  func refuses(line: String, words: String) {
    #expect { try DiagnoseCommand(line.split(separator: " ").map(String.init)) } throws: { "\($0)".contains(words) }
  }

  @Test("an empty name is no source")
  func noName() {
    #expect { try DiagnoseCommand([""]) } throws: { "\($0)".contains("empty") }
  }

  @Test(
    "places of servers",
    arguments: [
      ("ntp.example.net", "ntp.example.net", 123), ("ntp.example.net:1123", "ntp.example.net", 1123),
      ("192.0.2.1", "192.0.2.1", 123), ("192.0.2.1:5", "192.0.2.1", 5), ("2001:db8::1", "2001:db8::1", 123),
      ("[2001:db8::1]", "2001:db8::1", 123), ("[2001:db8::1]:1123", "2001:db8::1", 1123),
    ] as [(String, String, UInt16)])
  func places(text: String, host: String, port: UInt16) {
    #expect(ServerPlace(text) == ServerPlace(host: host, port: port))
    #expect(ServerPlace(text).flatMap { ServerPlace($0.text) } == ServerPlace(host: host, port: port))
  }

  @Test(
    "what is no place of a server",
    arguments: ["", ":1", "a:", "a:0", "a:65536", "a:b", "a b", "a/b", "[::1]:", "[::1]x", "[a]:1", "a\u{1b}"])
  func noPlace(text: String) {
    #expect(ServerPlace(text) == nil)
  }

  @Test("a device's source is found by its name; a word that is neither is nobody's")
  func clocks() {
    var clock = SourceReport(id: SourceID(rawValue: 1), name: "/etc/passwd")
    (clock.provider, clock.referenceClock, clock.address) = ("pps", true, "/dev/pps0")
    var server = SourceReport(id: SourceID(rawValue: 2), name: "a")
    (server.provider, server.address) = ("ntp-client", "192.0.2.1:123")
    let running = [clock, server]
    #expect(DiagnosedSource.clocks(running) == [clock])
    let servers = DiagnosedSource.all(nil, running)
    #expect(servers.map(\.place.host) == ["a"])
    for word in ["/etc/passwd", "/dev/pps0", "/DEV/pps0"] {
      let found = DiagnosedSource.named(word, servers, running)
      #expect(found.clocks == [clock] && found.servers.isEmpty)
    }
    #expect(DiagnosedSource.named("a", servers, running).servers == servers)
    #expect(
      DiagnosedSource.named("b", servers, running).servers == [
        DiagnosedSource(place: ServerPlace(host: "b", port: 123))
      ])
    for word in ["/etc/shadow", "a:0"] {
      let found = DiagnosedSource.named(word, servers, running)
      #expect(found.clocks.isEmpty && found.servers.isEmpty && DiagnoseCommand.noServer(word).contains("is no server"))
    }
  }

  @Test("loopback has been nowhere")
  func loopback() {
    for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"] {
      #expect(ServerPlace(host: host, port: 1).isLoopback)
    }
    for host in ["128.0.0.1", "::2", "localhost.example", "a"] { #expect(!ServerPlace(host: host, port: 1).isLoopback) }
  }
}
