// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct KeyHolderTests {
  @Test func namesAreComparedWithoutCaseAndDollar() {
    #expect(KeyHolder.isSame("HOST1$", "host1"))
    #expect(KeyHolder.isSame("Ärger$", "ÄRGER"))
    #expect(!KeyHolder.isSame("HOST1$", "HOST11$"))
    #expect(!KeyHolder.isSame("HOST1$$", "HOST1"))
  }

  @Test(arguments: [
    ("A$", true), ("MEMBER-1$", true), ("Ärger$", true), ("$", false), ("A", false), ("", false), ("a b$", false),
    ("a\u{7f}$", false), ("a/b$", false), ("DOM\\a$", false), ("x@y$", true),
    (String(repeating: "a", count: 63) + "$", true), (String(repeating: "a", count: 64) + "$", false),
  ])
  func machineAccountsEndInADollar(_ name: String, _ isOne: Bool) { #expect(KeyHolder.isAccountName(name) == isOne) }
}
