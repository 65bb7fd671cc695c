// SPDX-License-Identifier: Apache-2.0

import Foundation
import Report
import TestSupport
import Testing

@Suite("JSON")
struct JSONValueTests {
  /// A value at random, at most `depth` deep.
  static func random(_ random: inout SeededGenerator, depth: Int = 4) -> JSONValue {
    let scalars: [Unicode.Scalar] = [
      "a", "\"", "\\", "\n", "\u{1B}", "\u{7F}", "é", "\u{202E}", "\u{1F600}", "\u{E000}", "\0", "/",
    ]
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .boolean(Bool.random(using: &random))
    case 2: return .integer(Int64(bitPattern: random.next()))
    case 3: return .real(random.finiteDouble())
    case 4:
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0..<8, using: &random) { text.append(scalars.randomElement(using: &random) ?? "x") }
      return .string(String(text))
    case 5:
      return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in Self.random(&random, depth: depth - 1) })
    default:
      return .object(
        (0..<Int.random(in: 0..<4, using: &random)).map { JSONMember("k\($0)", Self.random(&random, depth: depth - 1)) }
      )
    }
  }

  @Test("what is encoded decodes to the same, here and by Foundation")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: 8259)
    for _ in 0..<2000 {
      let value = Self.random(&generator)
      let text = value.encoded
      #expect(try JSONValue(decoding: text.utf8) == value)
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      }
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\u{202E}" })
    }
  }

  @Test("numbers that JSON has not become null")
  func notFinite() {
    #expect(JSONValue.array([.real(.nan), .real(.infinity)]).encoded == "[null,null]")
  }

  @Test("control characters and what could act on a terminal are escaped")
  func escaped() {
    #expect(JSONValue.string("a\n\u{1B}[31m\u{202E}\u{1F600}").encoded == "\"a\\n\\u001b[31m\\u202e\u{1F600}\"")
    #expect(JSONValue.string("\u{10FFFF}").encoded == "\"\\udbff\\udfff\"")
  }

  @Test(
    "what is no JSON is refused",
    arguments: [
      "", " ", "nul", "01", "-", "1.", "1e", "+1", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
      "\"\u{1}\"", "[1,]",
      "[1 2]", "{", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "1 2", "1e999", "[", "]", "\"\\udc00\"",
    ])
  func refused(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(decoding: text.utf8) }
  }

  @Test("the grammar's corners are read")
  func corners() throws {
    #expect(
      try JSONValue(decoding: " { \"a\" : [ ] , \"b\":-0.5e+2 }\r\n".utf8)
        == .object([JSONMember("a", .array([])), JSONMember("b", .real(-50))]))
    #expect(try JSONValue(decoding: "\"\\ud83d\\ude00\\/\"".utf8) == .string("\u{1F600}/"))
    #expect(try JSONValue(decoding: "9223372036854775807".utf8) == .integer(.max))
    #expect(try JSONValue(decoding: "9223372036854775808".utf8) == .real(9223372036854775808))
  }

  @Test("nesting is limited, UTF-8 is checked")
  func limits() {
    #expect(throws: JSONError.tooDeep) { try JSONValue(decoding: String(repeating: "[", count: 100_000).utf8) }
    #expect(throws: JSONError.self) { try JSONValue(decoding: [0x22, 0xFF, 0x22]) }
  }

  @Test("bytes at random and damaged texts are read or refused")
  func fuzz() {
    var generator = SeededGenerator(seed: 20_261_121)
    for round in 0..<20_000 {
      var bytes = Array(Self.random(&generator).encoded.utf8)
      if round % 2 == 0 { bytes = generator.bytes(Int.random(in: 0..<64, using: &generator)) }
      for _ in 0..<Int.random(in: 0..<4, using: &generator) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if let value = try? JSONValue(decoding: bytes) {
        _ = StatusSnapshot(json: value)
        _ = SourceReport(json: value)
        _ = ProviderReport(json: value)
        _ = EventRecord(json: value)
      }
    }
  }
}
