// SPDX-License-Identifier: Apache-2.0

import Settings
import TestSupport
import Testing

@Suite("TOML through the fence")
struct TOMLNodeTests {
  private func members(_ text: String) throws -> [TOMLMember] {
    guard case .table(let members) = try TOMLNode.parse(text, file: "t.toml").content else { return [] }
    return members
  }

  @Test(
    "a key of very many parts is refused with its line, however deep",
    arguments: ["KEY = 1", "[KEY]\na = 1", "a = {KEY = 1}"])
  func deepKeys(text: String) {
    for parts in [1100, 60_000] {
      let key = [String](repeating: "a", count: parts).joined(separator: ".")
      let errors = #expect(throws: ConfigurationErrors.self) {
        try TOMLNode.parse("b = 1\n" + text.replacing("KEY", with: key), file: "t.toml")
      }
      #expect(errors?.diagnostics.first?.line == 2 && errors?.description.contains("more than 1000 parts") == true)
    }
  }

  @Test("dots in strings and comments are no key's, and hide none")
  func dotsOfNoKey() throws {
    let dots = String(repeating: ".", count: 2000)
    let addresses = [String](repeating: "\"10.1.0.0\", 1.5", count: 700).joined(separator: ", ")
    let texts = [
      "# \(dots)\na = 1", "a = \"\(dots)\"", "a = '\(dots)' # \(dots)", "a = \"\"\"\n\(dots)\n\"\"\"",
      "a = '''\(dots)'''",
      "a = [\(addresses)]",
    ]
    for text in texts { #expect(try members(text).count == 1, "\(text.prefix(20))") }
    let key = [String](repeating: "a", count: 60_000).joined(separator: ".")
    let hidden = [
      "a = {\"#\" = 1, \(key) = 1}", "a = [{k = \"\"\"x\"\"\"\"\"}, {\(key) = 1}]", "'#'.\(key) = 1",
      "\"\\\"\".\(key) = 1",
      "\"\".\(key) = 1", "a = '''x'''''\n\(key) = 1", "a = '\\'\n\(key) = 1",
    ]
    for text in hidden {
      let errors = #expect(throws: ConfigurationErrors.self) { try TOMLNode.parse(text, file: "t.toml") }
      #expect(errors?.description.contains("more than 1000 parts") == true, "\(text.prefix(20))")
    }
  }

  @Test("every type arrives with its value and place")
  func types() throws {
    let text = """
      text = "a\\"b"
      whole = -42
      real = 2.5
      flag = true
      date = 1979-05-27T07:32:00Z
      list = [1, "two", [3.0]]
      [table.inner]
      key = 'x'
      """
    let members = try members(text)
    #expect(members.map(\.key) == ["text", "whole", "real", "flag", "date", "list", "table"])
    #expect(members[0].node == TOMLNode(.string("a\"b"), at: TextPlace(line: 1, column: 8)))
    #expect(members[1].node == TOMLNode(.integer(-42), at: TextPlace(line: 2, column: 9)))
    #expect(members[2].node.content == .real(2.5))
    #expect(members[3].node.content == .boolean(true))
    #expect(members[4].node.content == .date("1979-05-27T07:32:00Z"))
    #expect(members[5].place == TextPlace(line: 6, column: 1))
    guard case .array(let elements) = members[5].node.content else {
      Issue.record("no array")
      return
    }
    #expect(elements.map(\.kindName) == ["an integer", "a string", "an array"])
    #expect(elements[1].place == TextPlace(line: 6, column: 12))
    guard case .table(let outer) = members[6].node.content, case .table(let inner)? = outer.first?.node.content else {
      Issue.record("no table")
      return
    }
    #expect(inner.first?.node.content == .string("x"))
    #expect(inner.first?.place == TextPlace(line: 8, column: 1))
  }

  @Test("the file's order is kept, whatever the alphabet says")
  func order() throws {
    #expect(try members("zebra = 1\napple = 2\n[[m]]\nb = 1\na = 2\n[[m]]\n").map(\.key) == ["zebra", "apple", "m"])
  }

  @Test("strings may hold NUL and any character, and come whole")
  func strings() throws {
    #expect(try members("a = \"x\\u0000y\"").first?.node.content == .string("x\0y"))
    #expect(try members("\"ключ\" = \"δ\"").first?.key == "ключ")
    #expect(try members("a = ''").first?.node.content == .string(""))
  }

  @Test(
    "a syntax error has its line and column",
    arguments: [
      ("a = 1\nb = \n", 2), ("[clock\n", 1), ("a = 1\na = 2\n", 2), ("a = \"\u{1}\"", 1), ("[a]\n[a]\n", 2),
      ("a = 1\n\n[#]\n[b]\n", 3),
    ] as [(String, UInt32)])
  func syntax(_ text: String, _ line: UInt32) throws {
    let errors = #expect(throws: ConfigurationErrors.self) { try TOMLNode.parse(text, file: "t.toml") }
    #expect(errors?.diagnostics.count == 1)
    #expect(errors?.diagnostics.first?.line == line)
    #expect((errors?.diagnostics.first?.column ?? 0) > 0)
    #expect(errors?.description.hasPrefix("t.toml:\(line):") == true)
  }

  @Test("an empty text is an empty table")
  func empty() throws {
    #expect(try members("").isEmpty)
    #expect(try members("# nothing\n").isEmpty)
  }

  @Test("a text beyond the limit is refused by its length")
  func tooLong() {
    let text = String(repeating: "#", count: TOMLNode.maximumLength + 1)
    #expect(throws: ConfigurationErrors.self) { try TOMLNode.parse(text, file: "t.toml") }
  }

  @Test("deep nesting ends in an error, not in a crash")
  func deep() {
    let text = "a = " + String(repeating: "[", count: 100_000)
    #expect(throws: ConfigurationErrors.self) { try TOMLNode.parse(text, file: "t.toml") }
  }

  @Test("bytes at random and damaged files are parsed or refused")
  func fuzz() {
    var random = SeededGenerator(seed: 20_261_121)
    let good = Array(
      "state_directory = \"/a\"\n[clock]\nkind = \"virtual\"\nmax = [1, 2.5, { a = true }]\n[[source]]\naddress = 'x'\n"
        .utf8)
    for round in 0..<6000 {
      var bytes = good
      if round % 3 == 0 {
        bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      } else {
        for _ in 0..<Int.random(in: 1...6, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 9...127, using: &random)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(ConfigurationErrors) {
        _ = try Configuration(toml: text, file: "f")
      } catch {
        #expect(!error.diagnostics.isEmpty)
      }
    }
  }

  @Test("values are written as in TOML, without control characters")
  func written() {
    #expect(TOMLNode(.string("a\n\u{1B}[31m\"")).written == "\"a\\n\\u{1b}[31m\\\"\"")
    #expect(TOMLNode(.real(.infinity)).written == "inf")
    #expect(TOMLNode(.string(String(repeating: "x", count: 100))).written.count < 70)
  }
}
