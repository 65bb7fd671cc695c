// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct AccountKeysTests {
  @Test(arguments: MessageForm.allCases)
  func eitherPasswordIsGood(_ form: MessageForm) throws {
    let own = try #require(makeKeys("new", previous: "old"))
    let new = try #require(makeKeys("new"))
    let old = try #require(makeKeys("old"))
    let strange = try #require(makeKeys("strange"))
    let selection = KeySelection(rid: 1103, form: form)
    #expect(verifies(own, reply(selection, new), form))
    #expect(verifies(own, reply(selection, old), form))
    #expect(!verifies(own, reply(selection, strange), form))
    #expect(!verifies(new, reply(selection, old), form))
  }

  @Test(arguments: MessageForm.allCases)
  func theSelectorChoosesThePassword(_ form: MessageForm) throws {
    let both = try #require(makeKeys("new", previous: "old"))
    let new = try #require(makeKeys("new"))
    let old = try #require(makeKeys("old"))
    #expect(verifies(new, reply(KeySelection(rid: 1103, form: form), both), form))
    #expect(verifies(old, reply(KeySelection(rid: 1103, usesPrevious: true, form: form), both), form))
    #expect(
      verifies(new, reply(KeySelection(rid: 1103, usesPrevious: true, form: form), new), form),
      "without a previous one the current signs, as on Windows")
  }
}
