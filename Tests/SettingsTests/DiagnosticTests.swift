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
}
