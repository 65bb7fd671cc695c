// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Testing

@testable import tompion

@Suite("tompion keys: its arguments")
struct KeysCommandTests {
  private func keys(_ line: String) throws -> KeysCommand {
    try #require(try KeysCommand(line.split(separator: " ").map(String.init)))
  }

  private func refusal(_ line: String) -> String? {
    do { _ = try KeysCommand(line.split(separator: " ").map(String.init)) } catch { return "\(error)" }
    return nil
  }

  @Test("what each asks for")
  func asks() throws {
    #expect(try keys("check f").action == .check("f", nist: false))
    let strict = try keys("check --nist f --format chrony --json")
    #expect(strict.action == .check("f", nist: true) && strict.format == .chrony && strict.json)
    #expect(try keys("show f --hex").action == .show("f", ascii: false, id: nil))
    #expect(try keys("show --ascii f --id 7").action == .show("f", ascii: true, id: 7))
    #expect(try keys("unused --days 14").action == .unused([], days: 14, state: nil))
    let unused = try keys("unused a b --days=0 --state /s --config c.toml")
    #expect(unused.action == .unused(["a", "b"], days: 0, state: "/s") && unused.configuration == "c.toml")
    #expect(try KeysCommand(["--help"]) == nil && KeysCommand(["check", "f", "-h"]) == nil)
  }

  @Test("a key that is to be made")
  func generate() throws {
    #expect(try keys("generate f").action == .generate("f", GeneratedKey()))
    #expect(GeneratedKey().algorithm == .aes128CMAC && GeneratedKey().id == 1)
    let full = try keys(
      "generate f --id 9 --algorithm sha256 --expires 2027-06-30 --addresses 192.0.2.0/24,2001:db8::1")
    var wanted = GeneratedKey(id: 9, algorithm: .sha256)
    wanted.expiry = ExpiryDate("2027-06-30")?.end
    wanted.addresses = [AddressPrefix("192.0.2.0/24"), AddressPrefix("2001:db8::1")].compactMap { $0 }
    #expect(full.action == .generate("f", wanted) && wanted.addresses.count == 2 && wanted.expiry != nil)
  }

  @Test(
    "what is wrong is named, with what would be right",
    arguments: [
      ("", "keys what?"), ("chek f", "did you mean check?"), ("check", "takes one file"),
      ("check a b", "takes one file"),
      ("check f --hex", "keys check has no option --hex"), ("show f", "by --ascii or --hex"),
      ("show f --hex --ascii", "say how"),
      ("generate f --algorithm des", "there are"), ("generate f --algorithm sha255", "did you mean sha256?"),
      ("generate f --id 0", "1 to 4294967295"), ("generate f --id 4294967296", "1 to"),
      ("generate f --expires 2027-02-30", "the last day"),
      ("generate f --addresses example.net", "numeric addresses"),
      ("generate f --addresses 192.0.2.1,", "numeric addresses"),
      ("check f --format toml", "there are auto"), ("unused f", "needs --days"), ("unused --days x", "0 or more"),
      ("check f --socket /x", "keys has no option --socket"), ("check f --json=1", "takes no value"),
    ])
  func refuses(line: String, words: String) {
    let said = refusal(line)
    #expect(said?.contains(words) == true, "\(line): \(said ?? "nothing")")
  }
}
