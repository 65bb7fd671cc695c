// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct SigningKeyTests {
  private let short = KeySelection(rid: 1103, form: .authenticator)
  private let long = KeySelection(rid: 1103, form: .extended)

  /// The fact sheet's vectors (w32time, section 6).
  @Test func checksumsAreThoseOfTheSheet() throws {
    let keys = try #require(makeKeys("hashcat"))
    #expect(text(Array(reply(short, keys)[52...])) == "f5532e98c684607bc18df075154cb192")
    #expect(
      text(Array(reply(long, keys)[56...]))
        == "4684be374c342db7de89cd935b0d05d290f6a57419ca8288373a22cc2cec743b"
        + "683a86412c3e3c468ed20b63c153e00677d7adebd3576e6f033e5b73c399e66a")
    #expect(
      text(SigningKey.derivedKey(NTHash(password: "hashcat").bytes.span, rid: 1103))
        == "9aa6718021657e343d02f9f520f4975719b0a129e702941274e15aa3d3f88438"
        + "5beca222410223c18276ff9d5853e22759443cb01fc8ee0179df5171e327eebe")
  }

  /// hashcat's own test of mode 31300, which nobody here made.
  @Test func checksumIsThatOfHashcat() throws {
    let header = bytes(
      "907733697536811342962140955567108526489624716566696971338784438986103976327367763739445744705380")
    let keys = try #require(makeKeys("hashcat"))
    #expect(text(Array(reply(short, keys, header: header)[52...])) == "cfc7023381cf6bb474cdcbeb0a67bdb3")
  }

  @Test func everyBitOfHeaderAndChecksumCounts() throws {
    let keys = try #require(makeKeys("secret"))
    for selection in [short, long] {
      let good = reply(selection, keys)
      #expect(verifies(keys, good, selection.form))
      for bit in 0..<selection.form.length * 8 {
        var bad = good
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        let isCovered = bit / 8 < 48 || bit / 8 >= selection.form.checksumOffset
        #expect(verifies(keys, bad, selection.form) == !isCovered, "bit \(bit)")
      }
    }
  }

  @Test func theLongFormIsBoundToItsAccount() throws {
    let one = try #require(makeKeys("secret", rid: 1103))
    let other = try #require(makeKeys("secret", rid: 1104))
    #expect(!verifies(other, reply(long, one), .extended))
    #expect(verifies(other, reply(short, one), .authenticator), "the short one is not: the RID is not hashed")
  }

  @Test func tooFewBytesAreNeverRight() throws {
    let keys = try #require(makeKeys("secret"))
    let good = reply(long, keys)
    for length in 0..<120 {
      #expect(!verifies(keys, Array(good.prefix(length)), .extended))
      if length < 68 { #expect(!verifies(keys, Array(good.prefix(length)), .authenticator)) }
    }
  }
}
