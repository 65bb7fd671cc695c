// SPDX-License-Identifier: Apache-2.0

import Report
import Testing

@testable import Settings

@Suite struct CheckResultTests {
  private func diagnostic(_ line: UInt32, _ key: String, _ problem: String) -> Diagnostic {
    Diagnostic(file: "t.toml", line: line, column: 2, key: key, value: "7", problem: problem, advice: "write \"8\"")
  }

  @Test func itComesBackFromJSONAsItWas() throws {
    var result = CheckResult(file: "t.toml")
    result.warnings = [diagnostic(3, "a", "odd")]
    #expect(CheckResult(json: try JSONValue(decoding: Array(result.json.encoded.utf8))) == result)
    result.errors = [diagnostic(4, "b", "wrong \u{1b}"), Diagnostic(file: "", problem: "no such thing")]
    #expect(CheckResult(json: try JSONValue(decoding: Array(result.json.encoded.utf8))) == result)
  }

  @Test(arguments: ["", "7", "{}", "{\"file\": \"t\"}", "{\"file\": \"t\", \"valid\": false, \"errors\": []}", "[1, 2"])
  func whatIsNoResultIsNone(text: String) {
    let value = try? JSONValue(decoding: Array(text.utf8))
    #expect(value.flatMap { CheckResult(json: $0) } == nil)
  }

  @Test func anErrorStandsForTheWarningOfItsPlace() {
    var result = CheckResult(file: "t.toml")
    result.warnings = [
      diagnostic(3, "a", "odd"), diagnostic(4, "b", "odd"), Diagnostic(file: "t.toml", problem: "few"),
    ]
    var other = CheckResult(file: "t.toml")
    other.warnings = [diagnostic(9, "z", "not taken")]
    other.errors = [diagnostic(3, "a", "wrong"), diagnostic(3, "a", "wrong"), Diagnostic(file: "", problem: "x")]
    result.take(errorsOf: other)
    #expect(result.errors == [diagnostic(3, "a", "wrong"), Diagnostic(file: "", problem: "x")])
    #expect(result.warnings == [diagnostic(4, "b", "odd"), Diagnostic(file: "t.toml", problem: "few")])
  }
}
