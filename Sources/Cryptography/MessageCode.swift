// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A key that signs and verifies messages: the symmetric codes of NTP (RFC 5905 section 7.3, RFC 8573) and of MS-SNTP.
///
/// Making one allocates and absorbs the key; `sign` and `verify` allocate nothing, take no lock and may be called by several threads at
/// once. The key is wiped when it is released. [any]
@safe
package final class MessageCode: Sendable {
  package enum Algorithm: Hashable, Sendable, CaseIterable {
    /// H(key ‖ message). Whoever has a message and its whole code can append to the message: for messages of one known form only.
    case md5, sha1, sha256, sha384, sha512
    /// RFC 2104.
    case hmacSHA256, hmacSHA512
    /// RFC 4493; the key is exactly 16 or 32 bytes.
    case aes128CMAC, aes256CMAC

    /// Length of the whole code in bytes.
    package var length: Int {
      switch self {
      case .md5, .aes128CMAC, .aes256CMAC: 16
      case .sha1: 20
      case .sha256, .hmacSHA256: 32
      case .sha384: 48
      case .sha512, .hmacSHA512: 64
      }
    }
  }

  /// Of the longest code.
  package static let lengthLimit = 64

  /// Nothing that can be copied: what is taken out of it to compute is borrowed, and no reference is counted for each message.
  private enum Core: ~Copyable, Sendable {
    case md5(KeyedHash<MD5State>)
    case sha1(KeyedHash<SHA1State>)
    case sha256(KeyedHash<SHA256State>)
    case sha384(KeyedHash<SHA384State>)
    case sha512(KeyedHash<SHA512State>)
    case cipher(CipherCode)
  }

  package let algorithm: Algorithm
  private let core: Core

  /// Takes a key in; the caller wipes its own copy (`Array.wipe`).
  /// - Parameter lanes: for CMAC alone, so many threads may be in `sign` and `verify` at once, 1 KB each; one more is refused.
  /// - Returns: nil = CMAC's key has another length than the cipher's, or OpenSSL has no memory.
  package init?(_ algorithm: Algorithm, key: Span<UInt8>, lanes: Int = 4) {
    self.algorithm = algorithm
    switch algorithm {
    case .md5: core = .md5(KeyedHash(.prefix, key: key))
    case .sha1: core = .sha1(KeyedHash(.prefix, key: key))
    case .sha256: core = .sha256(KeyedHash(.prefix, key: key))
    case .sha384: core = .sha384(KeyedHash(.prefix, key: key))
    case .sha512: core = .sha512(KeyedHash(.prefix, key: key))
    case .hmacSHA256: core = .sha256(KeyedHash(.hmac, key: key))
    case .hmacSHA512: core = .sha512(KeyedHash(.hmac, key: key))
    case .aes128CMAC, .aes256CMAC:
      guard key.count == (algorithm == .aes128CMAC ? 16 : 32), let code = CipherCode(key: key, lanes: lanes) else {
        return nil
      }
      core = .cipher(code)
    }
  }

  /// Writes the code of a message, as much of its beginning as `code` has room for; false = it could not, and `code` is unchanged.
  package func sign(_ message: Span<UInt8>, into code: inout MutableSpan<UInt8>) -> Bool {
    // Sound: the buffer holds the longest code, and no more is copied than either has.
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.lengthLimit) { buffer in
      guard let whole = buffer.baseAddress, unsafe compute(message, into: whole) else { return false }
      for index in 0..<min(code.count, algorithm.length) { code[index] = unsafe whole[index] }
      return true
    }
  }

  /// What is known of a message's code.
  package enum Verdict: Hashable, Sendable {
    case right
    case wrong
    /// Nothing: more threads than lanes at this instant, or OpenSSL failed.
    case unavailable
  }

  /// Whether `code` is the beginning of the message's code, where nothing more is asked: `check` tells a wrong one from one that could not
  /// be computed.
  package func verify(_ message: Span<UInt8>, _ code: Span<UInt8>) -> Bool { check(message, code) == .right }

  /// Compares `code` with the beginning of the message's code; its length is the caller's to judge (a code of no bytes is never right). The
  /// time that it takes says nothing about where they differ.
  package func check(_ message: Span<UInt8>, _ code: Span<UInt8>) -> Verdict {
    guard code.count > 0, code.count <= algorithm.length else { return .wrong }
    // Sound: the buffer holds the longest code, and as many bytes are compared as `code` has, which is no more.
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.lengthLimit) { buffer in
      guard let whole = buffer.baseAddress, unsafe compute(message, into: whole) else { return .unavailable }
      let isEqual = unsafe code.withUnsafeBytes { unsafe CRYPTO_memcmp($0.baseAddress, whole, $0.count) == 0 }
      // Of a message that was tampered with it is a code that somebody wishes for.
      unsafe OPENSSL_cleanse(whole, Self.lengthLimit)
      return isEqual ? .right : .wrong
    }
  }

  /// `whole` has room for `lengthLimit` bytes.
  private func compute(_ message: Span<UInt8>, into whole: UnsafeMutablePointer<UInt8>) -> Bool {
    switch core {
    case .md5(let hash): unsafe hash.sign(message, into: whole)
    case .sha1(let hash): unsafe hash.sign(message, into: whole)
    case .sha256(let hash): unsafe hash.sign(message, into: whole)
    case .sha384(let hash): unsafe hash.sign(message, into: whole)
    case .sha512(let hash): unsafe hash.sign(message, into: whole)
    case .cipher(let code): return unsafe code.sign(message, into: whole)
    }
    return true
  }
}
