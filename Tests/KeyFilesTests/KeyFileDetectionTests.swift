// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import Testing

@Suite("Which format a key file has")
struct KeyFileDetectionTests {
  @Test(
    "the first line that only one of them could have",
    arguments: [
      ("# tompion keys 1\n1 MD5 0123456789", KeyFileFormat.tompion), ("", .ntp), ("1 MD5 0123456789", .ntp),
      ("1 SHA1 0123456789abcdef0123456789abcdef01234567", .ntp), ("1 MD5 0123456789 # x", .ntp),
      ("1 sha256 0123456789", .ntp),
      ("1 AES-128 0123456789", .ntp), ("1 AES128CMAC 0123456789", .ntp), ("1 SHA1 0123456789 192.0.2.1", .ntp),
      ("! x", .chrony), ("; x", .chrony), ("% x", .chrony), ("1 0123456789", .chrony), ("1 SHA1 HEX:00", .chrony),
      ("1 HEX:00", .chrony),
      ("1 SHA1 ASCII:x", .chrony), ("65536 SHA1 0123456789", .chrony), ("1 AES128 0123456789abcdef", .chrony),
      ("1 AES256 x", .chrony),
      ("1 SHA1 it-is-more-than-twenty-characters", .chrony), ("1 SHA256", .ntp),
      ("1 SHA1 0123456789\n2 MD5 HEX:00\n3 md5 0123456789", .chrony),
      ("1 SHA1 0123456789\n2 md5 0123456789\n3 MD5 HEX:00", .ntp), ("nonsense", .ntp),
      ("# comment\n\n1 SHA1 0123456789", .ntp),
    ])
  func detects(text: String, format: KeyFileFormat) { #expect(KeyFile.read(Array(text.utf8)).format == format) }

  @Test("a format that was asked for is not guessed")
  func asked() {
    #expect(KeyFile.read(Array("1 SHA1 HEX:0011".utf8), format: .ntp).format == .ntp)
    #expect(KeyFile.read(Array("1 SHA1 HEX:0011".utf8), format: .ntp).keys.first?.secret == Array("HEX:0011".utf8))
  }

  @Test("a byte order mark is named, and costs no more than the first line", arguments: KeyFileFormat.allCases)
  func byteOrderMark(format: KeyFileFormat) throws {
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let (first, second) = ("1 SHA256 _HQm!vNh_HQm!vNh\n", "2 SHA256 _HQm!vNh_HQm!vNh\n")
    if format != .tompion {
      let file = KeyFile.read(mark + Array((first + second).utf8), format: format)
      let problem = try #require(file.problems.first)
      #expect(file.problems.count == 1 && file.keys.map(\.id) == [2])
      #expect(problem.line == 1 && problem.id == 1 && problem.losesKey && problem.problem.contains("BOM"))
    }
    let own = Array("\(KeyFile.header)\n7 sha256 ascii:_HQm!vNh_HQm!vNh\n".utf8)
    if format == .tompion || format == .auto {
      let file = KeyFile.read(mark + own, format: format)
      #expect(file.format == .tompion && file.keys.map(\.id) == [7])
      #expect(file.problems.count == 1 && file.problems[0].problem.contains("BOM") && !file.problems[0].losesKey)
    }
    for bytes in [mark, mark + [0x0a], mark + [0x0d, 0x0a]] {
      #expect(KeyFile.read(bytes, format: format).problems.first?.problem.contains("BOM") == true)
    }
    #expect(!KeyFile.read(Array(mark.dropLast()), format: format).problems.contains { $0.problem.contains("BOM") })
  }
}
