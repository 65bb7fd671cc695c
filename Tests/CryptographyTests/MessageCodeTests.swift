// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import TestSupport
import Testing

@testable import Cryptography

@Suite struct MessageCodeTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var algorithm: MessageCode.Algorithm
    var key: String
    var message: String
    var code: String
    var testDescription: String { "\(algorithm) \(message.count / 2) bytes" }
  }

  /// Bytes 00 to 2f, as a packet would be.
  private static let packet = text(Array(0...0x2f))
  /// `_HQm!vNh`
  private static let printable = "5f48516d21764e68"
  private static let rfc4493 = "2b7e151628aed2a6abf7158809cf4f3c"
  private static let sp800 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
  private static let blocks =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef"
    + "f69f2445df4f9b17ad2b417be66c3710"

  static let vectors: [Vector] = [
    // ../shared/reference/w32time.md, section 8.
    .init(algorithm: .md5, key: printable, message: packet, code: "9dbc3ad43d0441764768c7ce9debeb81"),
    .init(algorithm: .sha1, key: printable, message: packet, code: "c02cac67e093a18598dfa97254197da25ff83bb6"),
    .init(
      algorithm: .sha256, key: printable, message: packet,
      code: "dbfbf0722cca4aee4c7ec6a585f154f51973c6908c4ba61d8a8ae0951701efab"),
    .init(
      algorithm: .hmacSHA256, key: printable, message: packet,
      code: "0a27fdc0e11e3b5f1310502029e952883447db498f141ab0d2145845a289e2a7"),
    .init(algorithm: .aes128CMAC, key: rfc4493, message: packet, code: "b46dd8856c4fee713a9243e917f1fdb7"),
    // Section 6: MS-SNTP's 68-byte form is MD5 with the NT hash in front.
    .init(
      algorithm: .md5, key: "b4b9b02e6f09a9bd760f388b67351e2b", message: packet,
      code: "f5532e98c684607bc18df075154cb192"),
    // RFC 4493, section 4.
    .init(algorithm: .aes128CMAC, key: rfc4493, message: "", code: "bb1d6929e95937287fa37d129b756746"),
    .init(
      algorithm: .aes128CMAC, key: rfc4493, message: String(blocks.prefix(32)),
      code: "070a16b46b4d4144f79bdd9dd04a287c"),
    .init(
      algorithm: .aes128CMAC, key: rfc4493, message: String(blocks.prefix(80)),
      code: "dfa66747de9ae63030ca32611497c827"),
    .init(algorithm: .aes128CMAC, key: rfc4493, message: blocks, code: "51f0bebf7e3b9d92fc49741779363cfe"),
    // NIST SP 800-38B, examples D.3.
    .init(algorithm: .aes256CMAC, key: sp800, message: "", code: "028962f61b7bf89efc6b551f4667d983"),
    .init(
      algorithm: .aes256CMAC, key: sp800, message: String(blocks.prefix(32)),
      code: "28a7023f452e8f82bd4bf28d8c37c35c"),
    .init(
      algorithm: .aes256CMAC, key: sp800, message: String(blocks.prefix(80)),
      code: "aaf3d8f1de5640c232f5b169b9c911e6"),
    .init(algorithm: .aes256CMAC, key: sp800, message: blocks, code: "e1992190549f6ed5696a2c056c315410"),
    // RFC 4231, test cases 1, 2, 6.
    .init(
      algorithm: .hmacSHA256, key: String(repeating: "0b", count: 20), message: "4869205468657265",
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    .init(
      algorithm: .hmacSHA512, key: String(repeating: "0b", count: 20), message: "4869205468657265",
      code: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
    .init(
      algorithm: .hmacSHA256, key: "4a656665", message: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    .init(
      algorithm: .hmacSHA256, key: String(repeating: "aa", count: 131),
      message:
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    // FIPS 180-4's "abc", half of it as the key: SHA-384 and SHA-512 of key ‖ message.
    .init(
      algorithm: .sha384, key: "61", message: "6263",
      code: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
    .init(
      algorithm: .sha512, key: "6162", message: "63",
      code: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
  ]

  private func sign(_ code: MessageCode, _ message: [UInt8], room: Int = MessageCode.lengthLimit) -> [UInt8]? {
    var signed = [UInt8](repeating: 0xee, count: room)
    var span = signed.mutableSpan
    return code.sign(message.span, into: &span) ? signed : nil
  }

  @Test(arguments: vectors) func publishedVectors(vector: Vector) throws {
    let code = try #require(makeCode(vector.algorithm, bytes(vector.key)))
    let message = bytes(vector.message)
    // More than once: what the first call left behind must not count.
    for _ in 0..<3 {
      let signed = try #require(sign(code, message))
      #expect(text(Array(signed.prefix(vector.algorithm.length))) == vector.code)
      // Nothing beyond the code is touched.
      #expect(signed.dropFirst(vector.algorithm.length).allSatisfy { $0 == 0xee })
      #expect(verify(code, message, bytes(vector.code)))
    }
  }

  /// Around every end of a block, where padding goes wrong.
  @Test func everyLengthOfKeyAndMessageUnderSHA256() throws {
    for keyLength in [0, 1, 16, 20, 32, 55, 64, 71, 72, 118, 119, 120, 200] {
      let key = (0..<keyLength).map { UInt8(truncatingIfNeeded: $0 &* 5 &+ 3) }
      let code = try #require(makeCode(.sha256, key))
      for length in 0...130 {
        let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ 7) }
        #expect(
          sign(code, message, room: 32) == Digest.sha256((key + message).span), "\(keyLength) and \(length) bytes")
      }
    }
  }

  private func key(of algorithm: MessageCode.Algorithm) -> [UInt8] {
    (0..<(algorithm == .aes128CMAC ? 16 : 32)).map { UInt8($0 &* 7 &+ 1) }
  }

  @Test(arguments: MessageCode.Algorithm.allCases) func everyBitCounts(algorithm: MessageCode.Algorithm) throws {
    let code = try #require(makeCode(algorithm, key(of: algorithm)))
    let message = [UInt8](0..<48)
    let signed = try #require(sign(code, message, room: algorithm.length))
    #expect(verify(code, message, signed))
    for bit in 0..<(8 * signed.count) {
      var wrong = signed
      wrong[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!verify(code, message, wrong))
    }
    for bit in 0..<(8 * message.count) {
      var wrong = message
      wrong[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!verify(code, wrong, signed))
    }
    var otherKey = key(of: algorithm)
    otherKey[0] ^= 0x80
    let other = try #require(makeCode(algorithm, otherKey))
    #expect(!verify(other, message, signed))
  }

  @Test(arguments: MessageCode.Algorithm.allCases) func lengthsOfCodes(algorithm: MessageCode.Algorithm) throws {
    let code = try #require(makeCode(algorithm, key(of: algorithm)))
    let message = [UInt8](0..<48)
    let whole = try #require(sign(code, message, room: algorithm.length))
    for length in 0...68 {
      let cut =
        length <= whole.count ? Array(whole.prefix(length)) : whole + [UInt8](repeating: 0, count: length - whole.count)
      #expect(verify(code, message, cut) == (length > 0 && length <= algorithm.length))
      if length <= whole.count { #expect(sign(code, message, room: length) == cut) }
    }
  }

  @Test(arguments: [0, 1, 15, 17, 24, 31, 33, 64]) func cipherKeysOfOtherLengthsAreRefused(length: Int) {
    let key = [UInt8](repeating: 1, count: length)
    #expect(makeCode(.aes128CMAC, key) == nil)
    #expect(makeCode(.aes256CMAC, key) == nil)
  }

  @Test func cipherKeysOfTheOtherCipherAreRefused() {
    #expect(makeCode(.aes128CMAC, [UInt8](repeating: 1, count: 32)) == nil)
    #expect(makeCode(.aes256CMAC, [UInt8](repeating: 1, count: 16)) == nil)
  }

  @Test(arguments: MessageCode.Algorithm.allCases) func nothingIsAllocated(algorithm: MessageCode.Algorithm) throws {
    guard allocation_counter_works() == 1 else { try Test.cancel("a sanitizer has its own allocator in place") }
    let code = try #require(makeCode(algorithm, key(of: algorithm)))
    let message = [UInt8](0..<48)
    var signed = [UInt8](repeating: 0, count: algorithm.length)
    var good = 0
    for turn in 0...100 {
      // The first time through makes what the runtime makes once.
      if turn == 1 { allocation_counter_start() }
      var span = signed.mutableSpan
      if code.sign(message.span, into: &span) { good += 1 }
      if code.verify(message.span, signed.span) { good += 1 }
    }
    #expect(allocation_counter_stop() == 0)
    #expect(good == 202)
  }

  /// A cipher's contexts are for one thread each: while all are taken the next call is refused, and nothing is waited for.
  @Test(arguments: MessageCode.Algorithm.allCases) func threadsAtOnce(algorithm: MessageCode.Algorithm) async throws {
    let code = try #require(makeCode(algorithm, key(of: algorithm), lanes: 8))
    var expected: [[UInt8]] = []
    for first in 0..<UInt8(8) {
      expected.append(try #require(sign(code, (0..<48).map { $0 ^ first }, room: algorithm.length)))
    }
    let codes = expected
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          let message = (0..<48).map { UInt8($0) ^ UInt8(task) }
          return (0..<2000).count { _ in !verify(code, message, codes[task]) }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
