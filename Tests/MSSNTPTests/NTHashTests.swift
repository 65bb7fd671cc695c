// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct NTHashTests {
  @Test func isThatOfThePassword() {
    // The fact sheet's vector, and the hash of the empty password that every tool knows.
    #expect(text(NTHash(password: "hashcat")) == "b4b9b02e6f09a9bd760f388b67351e2b")
    #expect(text(NTHash(password: "")) == "31d6cfe0d16ae931b73c59d7e0c089c0")
    // Beyond ASCII and beyond 16 bits: by Python's codec and RFC 1320.
    #expect(text(NTHash(password: "pä😀")) == text(NTHash(password: [0x70, 0xe4, 0xd83d, 0xde00])))
  }

  @Test func hexadecimalDigitsAreReadInBothCases() {
    let digits = Array("xB4b9b02e6f09a9bd760f388b67351E2By".utf8)
    #expect(text(NTHash(hexadecimal: digits.span, 1..<33)) == "b4b9b02e6f09a9bd760f388b67351e2b")
    for part in [0..<32, 1..<32, 1..<34, 2..<34, 3..<35] {
      #expect(NTHash(hexadecimal: digits.span, part) == nil, "\(part)")
    }
  }

  @Test func bytesAreSixteen() {
    let some = (0..<20).map(UInt8.init)
    #expect(text(NTHash(some.span, 2..<18)) == "02030405060708090a0b0c0d0e0f1011")
    #expect(NTHash(some.span, 2..<17) == nil)
    #expect(NTHash(some.span, 5..<21) == nil)
  }

  @Test func emptyPasswordsAreSeen() {
    #expect(NTHash(password: "").isOfNothing)
    #expect(NTHash([UInt8](repeating: 0, count: 16).span, 0..<16)?.isOfNothing == true)
    #expect(!NTHash(password: " ").isOfNothing)
  }

  @Test func isNeverPrinted() {
    let hash = NTHash(password: "hashcat")
    var dumped = ""
    dump(hash, to: &dumped)
    dump(KeyHolder(account: "A$", current: hash, previous: hash), to: &dumped)
    for shown in ["\(hash)", String(reflecting: hash), dumped] {
      #expect(!shown.contains("b4b9") && !shown.contains("B4B9") && !shown.contains("180"))
      #expect(!shown.contains("13667"), "a word of it as a decimal number")
    }
  }
}

extension NTHash: Equatable {
  public static func == (left: NTHash, right: NTHash) -> Bool { left.isSame(as: right) }
}
