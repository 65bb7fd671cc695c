// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Command lines")
struct ArgumentReaderTests {
  @Test("options, values and operands")
  func items() throws {
    var reader = ArgumentReader(["events", "--json", "--socket=/a=b", "-n5", "-", "--since", "7", "--", "--json"])
    #expect(reader.next() == .operand("events"))
    #expect(reader.next() == .option("--json", value: nil))
    #expect(reader.next() == .option("--socket", value: "/a=b"))
    #expect(reader.next() == .option("-n", value: "5"))
    #expect(reader.next() == .operand("-"))
    #expect(reader.next() == .option("--since", value: nil))
    #expect(try reader.value(nil, what: "a number") == "7")
    #expect(reader.next() == .operand("--json"))
    #expect(reader.next() == nil)
  }

  @Test("an option is no value of the one before it, unless it is written so")
  func optionForValue() throws {
    var reader = ArgumentReader(["--against", "--json", "--against=--json"])
    _ = reader.next()
    let error = #expect(throws: ArgumentError.self) { try reader.value(nil, what: "a server") }
    #expect(error?.description.contains("--against needs a server, and --json is an option") == true)
    #expect(reader.next() == .option("--json", value: nil))
    #expect(reader.next() == .option("--against", value: "--json"))
  }

  @Test("a value that is missing is asked for by the option's name")
  func missing() {
    var reader = ArgumentReader(["--socket"])
    _ = reader.next()
    let error = #expect(throws: ArgumentError.self) { try reader.value(nil, what: "a path") }
    #expect(error?.description == "--socket needs a path")
  }
}
