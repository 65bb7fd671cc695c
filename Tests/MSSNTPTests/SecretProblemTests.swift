// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct SecretProblemTests {
  @Test func thePlaceIsTold() {
    #expect(SecretProblem(.line(3), "x").description == "line 3: x")
    #expect(SecretProblem(.offset(17), "x").description == "at byte 17: x")
    #expect(SecretProblem("x").description == "x")
  }

  @Test func namesOfFilesAreVisibleAndShort() {
    #expect(SecretProblem.quoted("a\u{1b}[2J\n\"b".utf8) == "\"a?[2J??b\"")
    #expect(SecretProblem.quoted([UInt8](repeating: 0x61, count: 500)).utf8.count == 66)
  }
}
