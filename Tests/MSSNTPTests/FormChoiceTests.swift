// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct FormChoiceTests {
  @Test func triesTheOtherFormWithoutAnAnswer() {
    var choice = FormChoice(.automatic, rid: 1103)
    let forms = (0..<6).map { _ in choice.next() }
    #expect(forms == [.extended, .extended, .authenticator, .authenticator, .extended, .extended])
  }

  @Test func keepsToWhatWasAnswered() {
    var choice = FormChoice(.automatic, rid: 1103)
    for _ in 0..<2 { _ = choice.next() }
    #expect(choice.next() == .authenticator)
    choice.answered()
    for _ in 0..<8 { #expect(choice.next() == .authenticator) }
    #expect(choice.next() == .extended, "eight without answer: it may be another server")
  }

  @Test func whatIsSetStays() {
    var short = FormChoice(.authenticator, rid: 1103)
    var long = FormChoice(.extended, rid: 1103)
    var large = FormChoice(.automatic, rid: 1 << 31)
    for _ in 0..<50 {
      #expect(short.next() == .authenticator)
      #expect(long.next() == .extended)
      #expect(large.next() == .extended, "a RID of 32 bits fits into one form only")
    }
  }
}
