// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct KeySelectionTests {
  @Test func theSelectorIsTheHighestBitOfTheShortFormAlone() {
    #expect(KeySelection(rid: 1103, form: .authenticator).keyID == 1103)
    #expect(KeySelection(rid: 1103, usesPrevious: true, form: .authenticator).keyID == 0x8000_044f)
    #expect(KeySelection(rid: 0x8000_044f, usesPrevious: true, form: .extended).keyID == 0x8000_044f)
    let short = KeySelection(keyID: 0x8000_044f, form: .authenticator, usesPrevious: false)
    #expect(short == KeySelection(rid: 1103, usesPrevious: true, form: .authenticator))
    let long = KeySelection(keyID: 0x8000_044f, form: .extended, usesPrevious: false)
    #expect(long == KeySelection(rid: 0x8000_044f, form: .extended))
  }

  @Test func tokensTellWhatTheyWereMadeFrom() {
    for rid in [1, 500, 1103, UInt32(Int32.max), .max] {
      for usesPrevious in [false, true] {
        for form in MessageForm.allCases {
          let selection = KeySelection(rid: rid, usesPrevious: usesPrevious, form: form)
          #expect(selection.token != 0)
          #expect(KeySelection(token: selection.token) == selection)
        }
      }
    }
  }

  @Test func otherNumbersAreNoTokens() {
    #expect(KeySelection(token: 0) == nil)
    #expect(KeySelection(token: 1103) == nil)
    #expect(KeySelection(token: .max) == nil)
    var random = SeededGenerator(seed: 5)
    var taken = 0
    for _ in 0..<10_000 {
      let token = random.next()
      if let selection = KeySelection(token: token) {
        taken += 1
        #expect(selection.token == token)
      }
    }
    #expect(taken == 0, "one in 2³⁰")
  }
}
