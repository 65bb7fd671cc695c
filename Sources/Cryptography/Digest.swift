// SPDX-License-Identifier: Apache-2.0

/// Digests of whole messages, once: for keys and names, not for packets. [any]
package enum Digest {
  /// RFC 1321. Broken: where a protocol asks for it, and for nothing else.
  package static func md5(_ message: Span<UInt8>) -> [UInt8] { hash(MD5State.self, message) }

  /// FIPS 180-4.
  package static func sha256(_ message: Span<UInt8>) -> [UInt8] { hash(SHA256State.self, message) }

  /// RFC 2104 over SHA-512; the key may have any length.
  package static func hmacSHA512(key: Span<UInt8>, _ message: Span<UInt8>) -> [UInt8] {
    let hmac = KeyedHash<SHA512State>(.hmac, key: key)
    var digest = [UInt8](repeating: 0, count: SHA512State.digestLength)
    // Sound: as many bytes as the digest has.
    unsafe digest.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { unsafe hmac.sign(message, into: start) }
    }
    return digest
  }

  private static func hash<State: HashState>(_ type: State.Type, _ message: Span<UInt8>) -> [UInt8] {
    let empty: [UInt8] = []
    let state = KeyedHash<State>(.prefix, key: empty.span)
    var digest = [UInt8](repeating: 0, count: State.digestLength)
    // Sound: as many bytes as the digest has.
    unsafe digest.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { unsafe state.sign(message, into: start) }
    }
    return digest
  }
}
