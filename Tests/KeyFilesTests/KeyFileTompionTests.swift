// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Testing

@Suite("Our own key files")
struct KeyFileTompionTests {
  static func read(_ text: String) -> KeyFile {
    KeyFile.read(Array("# tompion keys 1\n\(text)".utf8), format: .tompion)
  }

  @Test("a key with everything, and back to its line")
  func whole() throws {
    let line =
      "5 aes128-cmac hex:000102030405060708090a0b0c0d0e0f expires=2027-06-30 addresses=192.0.2.0/24,2001:db8::/32\n"
    let file = Self.read("# comment\n" + line + "6 SHA256 ascii:_HQm!vNh_HQm!vNh # NIST's\n")
    #expect(file.problems.isEmpty && file.keys.map(\.line) == [3, 4])
    let key = try #require(file.keys.first)
    #expect(key.secret == Array(0...15) && key.addresses.count == 2)
    #expect(!key.isExpired(at: 1_814_399_999) && key.isExpired(at: 1_814_400_000), "midnight after 2027-06-30")
    #expect(key.fileLine() == line)
    #expect(file.keys[1].secret == Array("_HQm!vNh_HQm!vNh".utf8))
    #expect(
      file.keys.allSatisfy { key in
        var again = Self.read(key.fileLine() ?? "").keys; again[0].line = key.line; return again == [key]
      })
  }

  @Test(
    "without its first line, or with another version, nothing is read",
    arguments: ["", "# tompion keys 2\n", "# tompion keys 10\n", "\n# tompion keys 1\n"])
  func header(head: String) {
    for format in [KeyFileFormat.tompion] + (head.hasPrefix("#") ? [.auto] : []) {
      let file = KeyFile.read(Array((head + "5 sha256 hex:00112233445566778899\n").utf8), format: format)
      #expect(file.keys.isEmpty && file.problems.map(\.line) == [1] && file.problems.allSatisfy(\.losesKey))
    }
  }

  @Test(
    "each broken line loses itself alone",
    arguments: [
      ("x md5 ascii:0123456789", 1, "number"), ("5 md5", 6, "missing"), ("5 md4 hex:00", 3, "no such algorithm"),
      ("5 md5 0123456789", 7, "how it is written"), ("5 md5 hex:0", 7, "hexadecimal"),
      ("5 aes256-cmac hex:00112233445566778899aabbccddeeff", 15, "exactly 32"),
      ("5 md5 ascii:0123456789 expires=2027-02-29", 24, "no date"), ("5 md5 ascii:0123456789 expires=", 24, "no date"),
      ("5 md5 ascii:0123456789 expires=2027-01-01 expires=2028-01-01", 43, "second one"),
      ("5 md5 ascii:0123456789 addresses=", 24, "addresses"),
      ("5 md5 ascii:0123456789 addresses=192.0.2.1,", 24, "addresses"),
      ("5 md5 ascii:0123456789 addresses=192.0.2.1 addresses=192.0.2.2", 44, "second one"),
      ("5 md5 ascii:0123456789 expire=2027-01-01", 24, "nothing of that name"), ("1 md5 ascii:0123456789", 1, "line 2"),
    ])
  func broken(line: String, column: Int, reason: String) throws {
    let file = Self.read("1 sha1 ascii:abcdefghij\n\(line)\n3 sha1 ascii:klmnopqrst\n")
    #expect(file.keys.map(\.id) == [1, 3])
    let problem = try #require(file.problems.first)
    #expect(file.problems.count == 1 && problem.line == 3 && problem.losesKey, "\(file.problems)")
    #expect(problem.column == column && problem.problem.contains(reason), "\(problem)")
  }

  @Test("names of algorithms lead back to them, and a wiped key has nothing left")
  func algorithms() {
    for algorithm in KeyAlgorithm.allCases { #expect(KeyAlgorithm(name: algorithm.name.uppercased()) == algorithm) }
    var key = SymmetricKey(id: 1, algorithm: .sha1, secret: [1, 2, 3])
    key.wipe()
    #expect(key.secret.isEmpty)
  }

  @Test("how a key of the right length is written is said in the format's own word")
  func ownWord() {
    let ours = KeyFile.read(Array("# tompion keys 1\n5 aes128-cmac hex:00\n".utf8), format: .tompion).problems
    #expect(ours.map(\.advice) == ["write 32 hexadecimal digits after hex:"])
    let theirs = KeyFile.read(Array("5 AES128 HEX:00\n".utf8), format: .chrony).problems
    #expect(theirs.map(\.advice) == ["write 32 hexadecimal digits after HEX:"])
  }
}
