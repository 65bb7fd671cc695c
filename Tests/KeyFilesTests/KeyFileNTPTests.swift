// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Testing

@Suite("Key files of ntpd and NTPsec")
struct KeyFileNTPTests {
  static func read(_ text: String) -> KeyFile { KeyFile.read(Array(text.utf8), format: .ntp) }

  @Test("a whole file, with every kind of comment and line end")
  func whole() {
    let file = Self.read(
      "# keys\r\n\n 1 MD5 _HQm!vNh12 # a comment\r\n\t65535\tsha256\t5f48516d21764e685f48516d21764e68\n3 SHA1 0123456789abcdefghij#x"
    )
    #expect(file.problems.isEmpty)
    #expect(
      file.keys == [
        SymmetricKey(id: 1, algorithm: .md5, secret: Array("_HQm!vNh12".utf8), line: 3),
        SymmetricKey(id: 65535, algorithm: .sha256, secret: Array("_HQm!vNh_HQm!vNh".utf8), line: 4),
        SymmetricKey(id: 3, algorithm: .sha1, secret: Array("0123456789abcdefghij".utf8), line: 5),
      ])
  }

  @Test(
    "types",
    arguments: [
      ("MD5", KeyAlgorithm.md5), ("m", .md5), ("sha1", .sha1), ("SHA256", .sha256), ("sha384", .sha384),
      ("SHA512", .sha512),
      ("HMAC-SHA256", .hmacSHA256), ("AES128CMAC", .aes128CMAC), ("AES", .aes128CMAC), ("aes-128", .aes128CMAC),
      ("AES-256", .aes256CMAC),
    ])
  func types(type: String, algorithm: KeyAlgorithm) {
    let digits = String(repeating: "5a", count: algorithm.keyLength ?? 20)
    let file = Self.read("9 \(type) \(digits)")
    #expect(file.problems.isEmpty && file.keys.map(\.algorithm) == [algorithm])
  }

  @Test("20 characters are text, 21 are hexadecimal, and more than 64 digits are not used")
  func lengths() {
    #expect(
      Self.read("1 SHA1 \(String(repeating: "a", count: 20))").keys.first?.secret == Array(repeating: 0x61, count: 20))
    #expect(
      Self.read("1 SHA1 \(String(repeating: "a", count: 22))").keys.first?.secret == Array(repeating: 0xaa, count: 11))
    let odd = Self.read("1 SHA1 \(String(repeating: "a", count: 21))")
    #expect(odd.keys.first?.secret == Array(repeating: 0xaa, count: 10))
    #expect(odd.problems.map(\.losesKey) == [false] && odd.problems.map(\.column) == [8])
    let long = Self.read("1 SHA512 \(String(repeating: "b", count: 66))")
    #expect(long.keys.first?.secret == Array(repeating: 0xbb, count: 32))
    #expect(long.problems.count == 1 && long.problems.first?.problem.contains("32 bytes") == true)
  }

  @Test("AES keys are padded and cut as ntpd does, and it says so")
  func padding() {
    let short = Self.read("1 AES-128 0123456789")
    #expect(short.keys.first?.secret == Array("0123456789".utf8) + [0, 0, 0, 0, 0, 0])
    #expect(short.problems.map(\.losesKey) == [false])
    let long = Self.read("1 AES 00112233445566778899aabbccddeeff00")
    #expect(long.keys.first?.secret == (0...15).map { $0 * 0x11 })
    #expect(long.problems.map(\.losesKey) == [false])
  }

  @Test("a key for some addresses only")
  func addresses() throws {
    let file = Self.read("7 SHA256 0123456789abcdef 192.0.2.0/24,2001:db8::1 # them")
    #expect(file.problems.isEmpty)
    let key = try #require(file.keys.first)
    #expect(key.addresses.map(\.description) == ["192.0.2.0/24", "2001:db8::1"])
    #expect(key.allows(NumericAddress(ipv4: 0xc000_0205)))
    #expect(key.allows(try #require(NumericAddress("::ffff:192.0.2.5"))))
    #expect(!key.allows(NumericAddress(ipv4: 0xc000_0305)))
    #expect(!key.allows(try #require(NumericAddress("2001:db8::2"))))
  }

  @Test("an unknown type that begins with M is MD5, with a warning")
  func unknownM() {
    let file = Self.read("1 mystery 0123456789")
    #expect(file.keys.map(\.algorithm) == [.md5] && file.problems.map(\.losesKey) == [false])
  }

  @Test(
    "each broken line loses itself alone, with its place and the reason",
    arguments: [
      ("x MD5 0123456789", 1, "number"), ("0 MD5 0123456789", 1, "number"), ("65536 MD5 0123456789", 1, "number"),
      ("-1 MD5 0123456789", 1, "number"), ("99999999999999999999 MD5 0123456789", 1, "number"), ("5", 2, "missing"),
      ("5 MD5", 6, "missing"), ("5 MD5 # key", 12, "missing"), ("5 SHA3-256 0123456789", 3, "no such type"),
      ("5 AES-192 0123456789", 3, "no such type"), ("5 SHA1 0123456789012345678x1", 8, "hexadecimal"),
      ("5 SHA1 0123\u{1}56789", 8, "control"), ("5 SHA1 0123456789 192.0.2.1/33", 19, "addresses"),
      ("5 SHA1 0123456789 secretword", 19, "addresses"), ("5 SHA1 0123456789 192.0.2.1 more", 19, "addresses"),
      ("1 SHA1 0123456789", 1, "line 1 has a key of that number"),
      ("5 SHA1 " + String(repeating: "ab", count: 1100), 1, "more than 2047"),
    ])
  func broken(line: String, column: Int, reason: String) throws {
    let file = Self.read("1 SHA1 abcdefghij\n\(line)\n3 SHA1 klmnopqrst\n")
    #expect(file.keys.map(\.id) == [1, 3])
    let problem = try #require(file.problems.first)
    #expect(file.problems.count == 1 && problem.line == 2 && problem.losesKey, "\(file.problems)")
    #expect(problem.column == column, "\(problem)")
    #expect(problem.problem.contains(reason), "\(problem)")
    #expect(problem.text(file: "ntp.keys").hasPrefix("ntp.keys:2:\(column): "))
  }

  @Test("no word of the file but a number comes back in a problem")
  func secrets() {
    let words = ["s3cr3tpass", "S3CR3TPASS", "0a1b2c3d4e5f60718293a4b5x", "s3c=r3tpass", "M3cr3tpass"]
    for format in KeyFileFormat.allCases {
      for word in words {
        for line in [
          "\(word)", "5 \(word)", "5 MD5 \(word)", "5 MD5 \(word) \(word)", "\(word) MD5 x", "5 md5 hex:\(word)",
          "5 md5 hex:00112233445566778899 \(word)", "5 md5 hex:00112233445566778899 expires=\(word)",
          "5 md5 ascii:0123456789 addresses=\(word)", "5 AES128 HEX:\(word)", "5 AES256 \(word)",
        ] {
          let head = format == .tompion ? KeyFile.header + "\n" : ""
          let file = KeyFile.read(Array((head + line).utf8), format: format)
          for text in file.problems.map({ $0.text(file: "k") }) + file.keys.map({ "\($0)" })
            + file.keys.map({ String(reflecting: $0) })
          {
            #expect(!text.contains(word), "\(line): \(text)")
          }
          var dumped = ""
          dump(file.keys, to: &dumped)
          #expect(!dumped.contains("115") && !dumped.contains(word), "dump shows the bytes of \(line)")
        }
      }
    }
  }
}
