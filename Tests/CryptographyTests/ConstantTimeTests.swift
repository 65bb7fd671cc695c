// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cryptography

@Suite struct ConstantTimeTests {
  @Test func equality() {
    let left = [UInt8](0..<20)
    #expect(areEqual(left, [UInt8](0..<20)))
    #expect(areEqual(left.filter { _ in false }, left.filter { _ in false }))
    #expect(!areEqual(left, [UInt8](0..<19)))
    for index in left.indices {
      var right = left
      right[index] ^= 1
      #expect(!areEqual(left, right))
    }
  }
}
