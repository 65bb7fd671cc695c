// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import NTPClient

/// The test suite of RFC 1321, appendix A.5, and lengths around the end of a block.
struct MD5Tests {
  private func hex(_ digest: MD5) -> String {
    var text = ""
    for word in [digest.a, digest.b, digest.c, digest.d] {
      for shift: UInt32 in [0, 8, 16, 24] {
        let octet = String(UInt8(truncatingIfNeeded: word >> shift), radix: 16)
        text += octet.count == 1 ? "0" + octet : octet
      }
    }
    return text
  }

  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
    (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
  ])
  func vectorsOfTheRFC(message: String, digest: String) {
    #expect(hex(MD5(Array(message.utf8).span)) == digest)
  }

  /// The digest of every length from 0 to 130 against coreutils' md5sum.
  @Test func everyLengthAroundABlock() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tompion-md5-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let messages = (0...130).map { length in (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) } }
    let names = messages.indices.map { "\($0)" }
    for (name, message) in zip(names, messages) {
      try Data(message).write(to: folder.appendingPathComponent(name))
    }
    let sums = Process()
    sums.executableURL = URL(fileURLWithPath: "/usr/bin/md5sum")
    sums.arguments = names
    sums.currentDirectoryURL = folder
    let pipe = Pipe()
    sums.standardOutput = pipe
    try sums.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    sums.waitUntilExit()
    let lines = output.split(separator: "\n")
    #expect(lines.count == messages.count)
    for (line, message) in zip(lines, messages) {
      #expect(line.prefix(32) == hex(MD5(message.span)), "\(message.count) bytes")
    }
  }
}
