// SPDX-License-Identifier: Apache-2.0

@testable import Cryptography

// Expectations cannot hold a span, so these take arrays.

func verify(_ code: MessageCode, _ message: [UInt8], _ signature: [UInt8]) -> Bool {
  code.verify(message.span, signature.span)
}

func makeCode(_ algorithm: MessageCode.Algorithm, _ key: [UInt8], lanes: Int = 4) -> MessageCode? {
  MessageCode(algorithm, key: key.span, lanes: lanes)
}

func md5(_ message: String) -> String { text(Digest.md5(Array(message.utf8).span)) }
func sha256(_ message: String) -> String { text(Digest.sha256(Array(message.utf8).span)) }
func hmacSHA512(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] { Digest.hmacSHA512(key: key.span, message.span) }
func md4(_ message: [UInt8]) -> [UInt8] { MD4.digest(message.span) }
