// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Testing

@Suite("Keys written")
struct SymmetricKeyWritingTests {
  @Test(
    "what a format can say comes back out of it", arguments: KeyAlgorithm.allCases,
    [KeyFileFormat.ntp, .chrony, .tompion])
  func roundTrip(algorithm: KeyAlgorithm, format: KeyFileFormat) {
    let key = SymmetricKey(
      id: 42, algorithm: algorithm, secret: (0..<UInt8(algorithm.keyLength ?? 32)).map { $0 &* 7 }, line: 1)
    guard let line = key.fileLine(format) else {
      #expect(format == .chrony && algorithm == .hmacSHA256)
      return
    }
    let head = format == .tompion ? KeyFile.header + "\n" : ""
    var keys = KeyFile.read(Array((head + line).utf8), format: format).keys
    if !keys.isEmpty { keys[0].line = 1 }
    #expect(keys == [key])
  }

  @Test("what it cannot say is not written in it")
  func limits() throws {
    var key = SymmetricKey(id: 65536, algorithm: .sha256, secret: Array(repeating: 1, count: 32))
    #expect(key.fileLine(.ntp) == nil && key.fileLine(.chrony) != nil)
    key.id = 1
    key.addresses = [try #require(AddressPrefix("192.0.2.1"))]
    #expect(key.fileLine(.ntp)?.hasSuffix(" 192.0.2.1\n") == true && key.fileLine(.chrony) == nil)
    key.expiry = 1
    #expect(key.fileLine(.ntp) == nil && key.fileLine() != nil)
    key = SymmetricKey(id: 1, algorithm: .md5, secret: Array(repeating: 1, count: 10))
    #expect(key.fileLine(.ntp) == nil, "twenty digits are text to ntpd")
  }
}
