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
}
