// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Settings

@Suite struct DiagnosticTests {
  @Test func aKeyWithoutEndIsCut() {
    let longest = String(repeating: "k", count: Diagnostic.keyLimit)
    #expect(Diagnostic(file: "f", key: longest, problem: "p").description == "f: \(longest): p")
    #expect(Diagnostic(file: "f", key: longest + "k", problem: "p").description == "f: \(longest)…: p")
    let error = #expect(throws: ConfigurationErrors.self) {
      _ = try Configuration(toml: "[\(String(repeating: "t", count: 500))]\na = 1\n", file: "f")
    }
    for line in error?.diagnostics ?? [] { #expect(line.description.count < 400) }
    #expect(error?.description.contains("…") == true)
  }

  /// A file from elsewhere must not act on the terminal of who checks it, nor look like two lines.
  @Test func nothingOfAFileActsOnATerminal() throws {
    let bad = Diagnostic(
      file: "f\u{1b}[2J", line: 3, column: 1, key: "k\u{7}", value: "\"\u{9b}31m\"", problem: "a\nb\u{202e}",
      advice: "c\u{85}")
    #expect(bad.description == "f\\x1b[2J:3:1: k\\x07 = \"\\x9b31m\": a\\x0ab\\u{202e}; c\\x85")
    let text =
      "[[source]]\naddress = \"a\\u001b]0;owned\\u0007\"\nport = 1\n[[source]]\naddress = \"a\\u001b]0;owned\\u0007\"\nport = 1\n"
    let error = #expect(throws: ConfigurationErrors.self) { _ = try Configuration(toml: text, file: "f") }
    #expect(error?.description.unicodeScalars.contains { $0.value < 32 } == false, "\(error?.description ?? "")")
  }

  @Test func moreErrorsOfATableThanAnybodyReadsAreCounted() {
    let keys = (1...70).map { "unknown_\($0) = 1\n" }.joined()
    let lines = ConfigurationTests.errors("[clock]\n\(keys)[log]\nlevle = 1\n")
    #expect(lines.count == Diagnostic.tableLimit + 2)
    #expect(lines.dropLast().last == "t.toml:66:1: clock: and 6 more errors")
    #expect(lines.last?.hasPrefix("t.toml:73:1: log.levle = 1: ") == true, "\(lines.last ?? "")")
  }

  @Test func soAreThoseOfTheFile() {
    let all = (0..<6 * 50).map { Diagnostic(file: "f", key: "provider.p\($0 / 50).k", problem: "wrong") }
    let bounded = Diagnostic.bounded(all, word: "warning")
    #expect(Array(bounded.dropLast()) == Array(all.prefix(Diagnostic.fileLimit)))
    #expect(bounded.last?.description == "f: and \(300 - Diagnostic.fileLimit) more warnings")
    #expect(Diagnostic.bounded(Array(all.prefix(64))) == Array(all.prefix(64)))
    let sources = (0...64).map { Diagnostic(file: "f", key: "source[\($0)].port", problem: "wrong") }
    #expect(Diagnostic.bounded(sources).last?.description == "f: source: and 1 more error")
  }
}
