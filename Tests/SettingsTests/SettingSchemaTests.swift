// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("A provider's schema")
struct SettingSchemaTests {
  private let schema = [
    SettingSchema(path: "listen[]", kind: .string, description: "addresses to answer on"),
    SettingSchema(path: "level", kind: .integer, minimum: 0, maximum: 9),
    SettingSchema(path: "rate", kind: .real, minimum: 0.5),
    SettingSchema(path: "mode", kind: .string, choices: ["fast", "slow"]),
    SettingSchema(path: "name", kind: .string, required: true, description: "what it is called"),
    SettingSchema(path: "source[].address", kind: .string, required: true),
    SettingSchema(path: "source[].iburst", kind: .boolean),
    SettingSchema(path: "source[].min_poll", kind: .integer, minimum: 0, maximum: 17, defaultText: "6"),
    SettingSchema(path: "source[].max_poll", kind: .integer, minimum: 0, maximum: 17, defaultText: "10"),
  ]

  private func objections(_ toml: String) throws -> [String] {
    let read = try Configuration(toml: toml, file: "t.toml")
    return try #require(read.providers.first).validate(schema: schema, file: "t.toml").map(\.description)
  }

  @Test(
    "a source that says nothing but its provider",
    arguments: [
      (
        "gnss",
        "source[0]: it names its provider and nothing else; write where its time comes from; the keys are device, sock"
      ),
      ("manual", "source[0]: the provider \"manual\" has no sources; remove it"), ("theirs", ""),
    ])
  func emptySources(provider: String, complaint: String) throws {
    let keys = ["source[].sock", "source[].device", "source[].sentences[]"].map {
      SettingSchema(path: $0, kind: .string)
    }
    let read = try Configuration(toml: "[[source]]\nprovider = \"\(provider)\"\n", file: "t.toml")
    let found = try #require(read.providers.first).validate(schema: provider == "manual" ? [] : keys, file: "t.toml")
    #expect(found.map(\.description) == (complaint.isEmpty ? [] : ["t.toml:1:1: \(complaint)"]))
  }

  @Test("what fits is accepted; integers count as reals")
  func right() throws {
    let text = """
      [provider.x]
      name = "n"
      listen = ["a", "b"]
      level = 9
      rate = 1
      mode = "fast"
      [[source]]
      provider = "x"
      address = "a"
      iburst = true
      min_poll = 6
      """
    #expect(try objections(text).isEmpty)
  }

  @Test(
    "what does not fit is named with what would",
    arguments: [
      ("levle = 3", "t.toml:3:9: provider.x.levle = 3: provider \"x\" has no such key; did you mean level?"),
      ("level = 10", "it is too large; write an integer from 0 to 9"),
      ("level = -1", "it is too small"),
      ("level = 2.0", "it is a real number; write an integer from 0 to 9"),
      ("rate = 0.25", "write a number not below 0.5"),
      ("mode = \"fsat\"", "write \"fast\" or \"slow\"; did you mean \"fast\"?"),
      ("mode = true", "it is a boolean; write \"fast\" or \"slow\""),
      ("listen = \"a\"", "it is not a list; write [\"a\"]"),
      ("level = [1, 2]", "t.toml:3:10: provider.x.level = […]: it is a list; write an integer from 0 to 9"),
      ("zzzzzz = 1", "known are listen[], level, rate, mode, name"),
    ])
  func wrong(_ line: String, _ expected: String) throws {
    let objections = try objections("[provider.x]\nname = \"n\"\n\(line)\n")
    #expect(objections.count == 1, "\(objections)")
    #expect(objections.first?.contains(expected) == true, "\(objections)")
  }

  @Test(
    "an empty array or table hides no key that is not one",
    arguments: [
      ("level = []", "t.toml:3:9: provider.x.level = []: it is an empty list; write an integer from 0 to 9"),
      ("mode = {}", "t.toml:3:8: provider.x.mode = {}: it is an empty table; write \"fast\" or \"slow\""),
      ("mode = [[]]", "t.toml:3:9: provider.x.mode[0] = []: it is an empty list; write \"fast\" or \"slow\""),
      ("levle = []", "t.toml:3:9: provider.x.levle = []: provider \"x\" has no such key; did you mean level?"),
      ("listen = {}", "t.toml:3:10: provider.x.listen = {}: it is an empty table; write a list: […]"),
      ("listen = [[]]", "t.toml:3:11: provider.x.listen[0] = []: it is an empty list; write a string"),
    ])
  func empty(_ line: String, _ expected: String) throws {
    #expect(try objections("[provider.x]\nname = \"n\"\n\(line)\n") == [expected])
  }

  @Test("an empty list of a key that is a list says nothing, and an empty required key is said once")
  func emptyLists() throws {
    #expect(try objections("[provider.x]\nname = \"n\"\nlisten = []\n") == [])
    #expect(
      try objections("[provider.x]\nname = []\n") == [
        "t.toml:2:8: provider.x.name = []: it is an empty list; write a string"
      ])
    #expect(
      try objections("[provider.x]\nname = \"n\"\n[[source]]\nprovider = \"x\"\niburst = []\n") == [
        "t.toml:5:10: source[0].iburst = []: it is an empty list; write true or false",
        "t.toml:3:1: source[0].address: it is missing; write a string",
      ])
  }

  @Test("required keys, at the table and in each source")
  func missing() throws {
    let text =
      "[provider.x]\nlevel = 1\n[[source]]\nprovider = \"x\"\niburst = true\n[[source]]\nprovider = \"x\"\naddress = \"a\"\n"
    let objections = try objections(text)
    #expect(
      objections == [
        "t.toml:1:11: provider.x.name: it is missing; write a string: what it is called",
        "t.toml:3:1: source[0].address: it is missing; write a string",
      ], "\(objections)")
  }

  @Test("a source that names its provider and nothing else lacks each key that is required")
  func nothingButTheProvider() throws {
    let text = "[provider.x]\nname = \"n\"\n[[source]]\naddress = \"a\"\n[[source]]\nprovider = \"x\"\n"
    #expect(try objections(text) == ["t.toml:5:1: source[1].address: it is missing; write a string"])
  }

  @Test("a suggestion within sources leaves the prefix away")
  func sourceKey() throws {
    let objections = try objections(
      "[provider.x]\nname = \"n\"\n[[source]]\nprovider = \"x\"\naddress = \"a\"\nibrust = true\n")
    #expect(
      objections == ["t.toml:6:10: source[0].ibrust = true: provider \"x\" has no such key; did you mean iburst?"],
      "\(objections)")
  }

  @Test("a minimum above the default maximum; pairs that are both written were reported before")
  func crossed() throws {
    let head = "[provider.x]\nname = \"n\"\n[[source]]\nprovider = \"x\"\naddress = \"a\"\n"
    #expect(try objections(head + "min_poll = 11\n").first?.contains("it is more than max_poll, 10 by default") == true)
    #expect(try objections(head + "max_poll = 5\n").first?.contains("it is less than min_poll, 6 by default") == true)
    #expect(try objections(head + "min_poll = 11\nmax_poll = 12\n").isEmpty)
  }
}
