// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cryptography

@Suite struct DigestTests {
  @Test func publishedVectors() {
    // RFC 1321, A.5; FIPS 180-4; RFC 4231, test case 1.
    #expect(md5("") == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(md5("message digest") == "f96b697d7cb7938d525a2f31aaf161d0")
    #expect(
      sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let key = [UInt8](repeating: 0x0b, count: 20)
    #expect(
      text(hmacSHA512(key, Array("Hi There".utf8)))
        == "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854")
  }

  /// MS-SNTP's 120-byte form (w32time.md, section 6): the key of RID 1103 by SP 800-108, and the code of bytes 00 to 2f.
  @Test func extendedAuthenticator() {
    let hash = MD4.ntHash(password: "hashcat")
    let input = [0, 0, 0, 1] + Array("sntp-ms".utf8) + [0, 0, 0x4f, 0x04, 0, 0, 0, 0, 2, 0]
    let key = hmacSHA512(hash, input)
    #expect(
      text(key) == "9aa6718021657e343d02f9f520f4975719b0a129e702941274e15aa3d3f884385beca222410223c18276ff9d5853e227"
        + "59443cb01fc8ee0179df5171e327eebe")
    #expect(
      text(hmacSHA512(key, [UInt8](0...0x2f)))
        == "4684be374c342db7de89cd935b0d05d290f6a57419ca8288373a22cc2cec743b683a86412c3e3c468ed20b63c153e00677d7adeb"
        + "d3576e6f033e5b73c399e66a")
  }
}
