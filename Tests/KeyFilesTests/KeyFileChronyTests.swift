// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import Testing

@Suite("Key files of chrony")
struct KeyFileChronyTests {
  static func read(_ text: String) -> KeyFile { KeyFile.read(Array(text.utf8), format: .chrony) }

  @Test("a whole file")
  func whole() {
    let file = Self.read(
      """
      ! one
      ; two
        # three
      % four
      10 tulipstulips
      11 SHA1 ASCII:hyacinth#12
      12 SHA256 HEX:B028F91EA5C38D06C2E140B26C7F41EC
      4294967295 AES128 HEX:000102030405060708090a0b0c0d0e0f
      13 AES256 ASCII:0123456789abcdef0123456789abcdef
      14 SHA512 0123456789abcdef0123456789abcdef
      """)
    #expect(file.problems.map(\.line) == [5] && file.problems.allSatisfy { !$0.losesKey })
    #expect(file.keys.map(\.id) == [10, 11, 12, 4_294_967_295, 13, 14])
    #expect(file.keys.map(\.algorithm) == [.md5, .sha1, .sha256, .aes128CMAC, .aes256CMAC, .sha512])
    #expect(file.keys[1].secret == Array("hyacinth#12".utf8))
    #expect(file.keys[2].secret.prefix(3) == [0xb0, 0x28, 0xf9] && file.keys[2].secret.count == 16)
    #expect(file.keys[3].secret == Array(0...15))
    // What ntpd would take for hexadecimal is text.
    #expect(file.keys[5].secret == Array("0123456789abcdef0123456789abcdef".utf8))
  }

  @Test(
    "each broken line loses itself alone",
    arguments: [
      ("x MD5 0123456789", 1, "number"), ("0 MD5 0123456789", 1, "number"), ("4294967296 MD5 0123456789", 1, "number"),
      ("5", 2, "missing"),
      ("5 SHA256", 3, "missing"), ("5 md5 0123456789", 3, "no such type"), ("5 SHA3-224 0123456789", 3, "no such type"),
      ("5 MD5 0123456789 x", 18, "follows the key"), ("5 AES128 HEX:0011", 10, "exactly 16"),
      ("5 AES256 0123456789abcdef", 10, "exactly 32"),
      ("5 SHA1 HEX:", 8, "hexadecimal"), ("5 SHA1 HEX:012", 8, "hexadecimal"), ("5 SHA1 HEX:0g", 8, "hexadecimal"),
      ("5 SHA1 ASCII:", 8, "empty"), ("1 MD5 0123456789", 1, "line 1"),
    ])
  func broken(line: String, column: Int, reason: String) throws {
    let file = Self.read("1 SHA1 abcdefghij\n\(line)\n3 SHA1 klmnopqrst\n")
    #expect(file.keys.map(\.id) == [1, 3])
    let problem = try #require(file.problems.first)
    #expect(file.problems.count == 1 && problem.line == 2 && problem.losesKey, "\(file.problems)")
    #expect(problem.column == column && problem.problem.contains(reason), "\(problem)")
  }

  @Test("below 80 bits there is a warning, and the key is there")
  func short() {
    let file = Self.read("1 MD5 123456789\n2 MD5 1234567890")
    #expect(file.keys.count == 2 && file.problems.map(\.line) == [1] && file.problems.map(\.losesKey) == [false])
  }
}
