// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cryptography

@Suite struct WipeTests {
  @Test func theBytesAreGone() {
    var secret = [UInt8](repeating: 0xa5, count: 4096)
    secret.wipe()
    #expect(secret.isEmpty)
  }
}
