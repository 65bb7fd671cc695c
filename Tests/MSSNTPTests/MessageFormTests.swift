// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct MessageFormTests {
  @Test func theLengthTellsTheForm() {
    for length in 0...300 {
      #expect(MessageForm(length: length) == (length == 68 ? .authenticator : length == 120 ? .extended : nil))
    }
    for form in MessageForm.allCases {
      #expect(MessageForm(length: form.length) == form)
      #expect(MessageForm.headerLength + form.growth == form.length)
    }
    #expect(MessageForm.allCases.map { $0.length - $0.checksumOffset } == [16, 64])
  }
}
