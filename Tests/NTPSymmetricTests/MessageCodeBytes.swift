// SPDX-License-Identifier: Apache-2.0

import Cryptography

extension MessageCode {
  /// The whole code.
  func bytes(_ message: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: algorithm.length)
    var span = code.mutableSpan
    return sign(message.span, into: &span) ? code : []
  }
}
