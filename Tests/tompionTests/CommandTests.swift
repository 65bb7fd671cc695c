// SPDX-License-Identifier: Apache-2.0

import Control
import Report
import Testing

@testable import tompion

@Suite("The command line")
struct CommandTests {
  private func refusal(_ line: String) -> String? {
    do { _ = try Command(words(line)) } catch { return "\(error)" }
    return nil
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  @Test(
    "each command asks for what it says",
    arguments: [
      ("status", ControlRequest.status), ("sources", .sources), ("providers", .providers), ("clocks", .clocks),
      ("why", .why), ("events", .events(since: nil, limit: nil, follow: false)),
      ("events -f", .events(since: nil, limit: 10, follow: true)),
      ("events -n 3 --since=7", .events(since: 7, limit: 3, follow: false)),
      ("events --follow --lines 0", .events(since: nil, limit: 0, follow: true)),
      ("resync", .resync(force: false, source: nil)), ("resync --force", .resync(force: true, source: nil)),
      ("settime @1795356200.5", .setTime(nanoseconds: 1_795_356_200_500_000_000, within: nil)),
      (
        "settime 2026-11-22T14:03:20Z --within 0.25",
        .setTime(nanoseconds: 1_795_356_200_000_000_000, within: .milliseconds(250))
      ),
      ("resync --source a.example", .resync(force: false, source: "a.example")),
    ])
  func asks(line: String, request: ControlRequest) throws {
    #expect(try Command(words(line)).action == .ask(request))
    let there = try Command(words("\(line) --json --socket /run/x"))
    #expect(there.json && there.socket == "/run/x" && there.action == .ask(request))
  }

  @Test("files, templates, help and the version")
  func others() throws {
    #expect(try Command(words("config check")).action == .checkConfiguration("/etc/tompion.toml"))
    #expect(try Command(words("config check a.toml --json")).action == .checkConfiguration("a.toml"))
    #expect(try Command([] + words("--version")).action == .version)
    #expect(try Command(words("--help")).action == .help(nil) && Command(words("help")).action == .help(nil))
    #expect(try Command(words("help why")).action == .help("why") && Command(words("why -h")).action == .help("why"))
    #expect(try Command(words("keys --help")).action == .help("keys"))
    #expect(try Command(words("diagnose -h")).action == .help("diagnose"))
    guard case .newProvider(let made) = try Command(words("new-provider gps --language c++")).action else {
      Issue.record("no provider")
      return
    }
    #expect(made.name == "gps" && made.language == .cxx)
  }

  @Test(
    "what is wrong is named, with what would be right",
    arguments: [
      ("", "no command; there are status"), ("statsu", "did you mean status?"),
      ("sources --jsno", "did you mean --json?"),
      ("status extra", "takes no operand extra"), ("status --force", "status has no option --force"),
      ("events -n x", "write a number, 0 or more"), ("events -n -1", "0 or more"),
      ("--json=yes status", "takes no value"),
      ("--socket= status", "--socket needs a path"), ("resync --force --source a", "--force --source"),
      ("settime", "write a time in UTC"), ("settime noon", "hours of two digits"),
      ("settime 14:03:20", "whose time is it?"), ("settime 14:03Z --within 0", "seconds from 0.001 to 3600"),
      ("settime 14:03Z --force", "no option --force"),
      ("config", "tompion config check"), ("config check a b", "takes no operand a"),
      ("help why why", "one command, not 2"),
      ("help nonsense", "there is no command nonsense"), ("new-provider", "needs a name"),
      ("new-provider gps", "needs --language"), ("new-provider Gps --language c", "lower-case"),
      ("new-provider ntp-client --language c", "choose another"),
      ("new-provider gps --language swfit", "did you mean swift?"),
      ("--json keys check a", "write keys first"), ("status -j", "did you mean --json?"),
      ("status -s", "-s; see tompion status --help"), ("settime -5", "-5; see tompion settime --help"),
      ("settime 14:03Z --within 0x10", "seconds from 0.001 to 3600"), ("resync --source=", "--source needs"),
    ])
  func refuses(line: String, words: String) {
    let said = refusal(line)
    #expect(said?.contains(words) == true, "\(line): \(said ?? "nothing")")
  }

  @Test("nothing is no command, and help has no help of its own")
  func nothing() throws {
    #expect { try Command([""]) } throws: { "\($0)".contains("no command; there are") }
    #expect(try Command(["help", "help"]).action == .help(nil))
  }

  @Test("the help of sources has every mark")
  func marks() {
    for state in SourceState.allCases { #expect(Help.text("sources").contains("  \(state.mark) "), "\(state)") }
  }

  @Test("every command has a help, and names itself in it")
  func help() {
    for name in Command.names { #expect(Help.text(name).contains("usage: tompion \(name)"), "\(name)") }
    for name in Command.names { #expect(Help.text(nil).contains(name), "\(name)") }
  }

  @Test("exit statuses are what Docs/control.md says")
  func statuses() {
    #expect(
      [Main.Status.done, .refused, .wrongConfiguration, .unreachable, .usage].map(\.rawValue) == [0, 1, 2, 3, 64])
  }
}
