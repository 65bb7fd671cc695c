// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cryptography

@Suite struct RandomBytesTests {
  @Test func lengths() {
    #expect(RandomBytes.make(0) == [])
    #expect(RandomBytes.make(-1) == nil)
    #expect(RandomBytes.make(32)?.count == 32)
  }

  @Test func neverTheSameTwice() {
    let made = (0..<100).compactMap { _ in RandomBytes.make(16) }
    #expect(Set(made).count == 100)
  }
}
