// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import TestSupport
import Testing

@Suite("Key files of any bytes")
struct KeyFileFuzzTests {
  /// 10^5 files in all, in four parts that may run side by side.
  @Test(
    "mutated files: no trap, every problem in its place, what is untouched is read",
    arguments: [1, 2, 3, 4] as [UInt64])
  func mutated(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let seeds = [
      "# tompion keys 1\n1 sha256 hex:00112233445566778899 expires=2027-06-30 addresses=192.0.2.0/24,2001:db8::/32\n2 md5 ascii:0123456789\n",
      "1 MD5 0123456789 # x\n2 SHA256 00112233445566778899aabbccddeeff 192.0.2.1/24\n3 AES-128 00112233445566778899aabbccddeeff\n",
      "! c\n10 tulipstulips\n11 SHA1 HEX:00112233445566778899\n4294967295 AES128 HEX:00112233445566778899aabbccddeeff\n",
    ].map { Array($0.utf8) }
    let spice = Array("\0\r\n\t \u{b}#!;%:,/=-0123456789abcxMHEX".utf8) + [0x7f, 0x80, 0xff]
    for round in 0..<25_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[at] = spice.randomElement(using: &generator) ?? 0
        case 2: bytes.insert(spice.randomElement(using: &generator) ?? 0, at: at)
        case 3: bytes.remove(at: at)
        case 4: bytes.removeLast(Int.random(in: 0...(bytes.count - at), using: &generator))
        default:
          bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + Int.random(in: 1...90, using: &generator))], at: at)
        }
      }
      let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { $0.count }
      for format in [.auto, [.ntp, .chrony, .tompion][round / seeds.count % 3]] as [KeyFileFormat] {
        let file = KeyFile.read(bytes, format: format)
        let sane =
          file.format != .auto && Set(file.keys.map(\.id)).count == file.keys.count
          && file.keys.allSatisfy { key in
            key.id > 0 && !key.secret.isEmpty && (1...lines.count).contains(key.line)
              && (key.algorithm.keyLength ?? key.secret.count) == key.secret.count
          }
          && file.problems.allSatisfy { problem in
            (1...lines.count).contains(problem.line) && (0...lines[problem.line - 1] + 1).contains(problem.column)
              && problem.text(file: "f").utf8.allSatisfy { (0x20...0x7e).contains($0) }
          }
        guard sane else {
          Issue.record("seed \(seed), round \(round), \(format): \(bytes)")
          return
        }
      }
    }
  }

  @Test("what is good beside what is broken is read, whatever the broken line is")
  func neighbours() {
    var generator = SeededGenerator(seed: 66)
    for _ in 0..<2000 {
      let noise = generator.bytes(Int.random(in: 1...80, using: &generator)).filter { $0 != 0x0a }
      let bytes = Array("7 SHA1 abcdefghij\n".utf8) + noise + Array("\n8 SHA256 klmnopqrst\n".utf8)
      for format in [KeyFileFormat.ntp, .chrony] {
        let ids = KeyFile.read(bytes, format: format).keys.map(\.id)
        #expect(ids.contains(7) && ids.contains(8), "\(bytes)")
      }
    }
  }

  @Test("a file of nothing but broken lines says how many more there are")
  func limit() {
    let file = KeyFile.read(Array(repeating: Array("x\n".utf8), count: 5000).flatMap { $0 }, format: .ntp)
    #expect(
      file.problems.count == KeyFile.problemLimit + 1 && file.problems.last?.problem.contains("4000 more") == true)
  }
}
