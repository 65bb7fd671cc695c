// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The state of a hash under way, as plain data: copying it is going on from there, twice.
///
/// The plain functions of libcrypto (MD5_Init(3), SHA256_Init(3)) and not EVP: EVP_DigestInit_ex2 and EVP_MD_CTX_copy_ex allocate at each
/// message (OpenSSL 3.0.19, counted), and their contexts are for one thread, while a state like this with the key in it is only read.
/// The computation behind both is the same. In place only: no copy of what holds a key is left behind unwiped.
protocol HashState {
  static var digestLength: Int { get }
  static var blockLength: Int { get }

  init()
  mutating func begin()
  mutating func absorb(_ bytes: UnsafeRawPointer, _ count: Int)
  /// Writes `digestLength` bytes.
  mutating func finish(into digest: UnsafeMutablePointer<UInt8>)
}

// In each of them: the context is this value's own and the pointers come with their lengths. None of these functions can fail.

struct MD5State: HashState {
  static let digestLength = 16
  static let blockLength = 64
  private var context = MD5_CTX()

  mutating func begin() { unsafe _ = MD5_Init(&context) }
  mutating func absorb(_ bytes: UnsafeRawPointer, _ count: Int) { unsafe _ = MD5_Update(&context, bytes, count) }
  mutating func finish(into digest: UnsafeMutablePointer<UInt8>) { unsafe _ = MD5_Final(digest, &context) }
}

struct SHA1State: HashState {
  static let digestLength = 20
  static let blockLength = 64
  private var context = SHA_CTX()

  mutating func begin() { unsafe _ = SHA1_Init(&context) }
  mutating func absorb(_ bytes: UnsafeRawPointer, _ count: Int) { unsafe _ = SHA1_Update(&context, bytes, count) }
  mutating func finish(into digest: UnsafeMutablePointer<UInt8>) { unsafe _ = SHA1_Final(digest, &context) }
}

struct SHA256State: HashState {
  static let digestLength = 32
  static let blockLength = 64
  private var context = SHA256_CTX()

  mutating func begin() { unsafe _ = SHA256_Init(&context) }
  mutating func absorb(_ bytes: UnsafeRawPointer, _ count: Int) { unsafe _ = SHA256_Update(&context, bytes, count) }
  mutating func finish(into digest: UnsafeMutablePointer<UInt8>) { unsafe _ = SHA256_Final(digest, &context) }
}

struct SHA384State: HashState {
  static let digestLength = 48
  static let blockLength = 128
  private var context = SHA512_CTX()

  mutating func begin() { unsafe _ = SHA384_Init(&context) }
  mutating func absorb(_ bytes: UnsafeRawPointer, _ count: Int) { unsafe _ = SHA384_Update(&context, bytes, count) }
  mutating func finish(into digest: UnsafeMutablePointer<UInt8>) { unsafe _ = SHA384_Final(digest, &context) }
}

struct SHA512State: HashState {
  static let digestLength = 64
  static let blockLength = 128
  private var context = SHA512_CTX()

  mutating func begin() { unsafe _ = SHA512_Init(&context) }
  mutating func absorb(_ bytes: UnsafeRawPointer, _ count: Int) { unsafe _ = SHA512_Update(&context, bytes, count) }
  mutating func finish(into digest: UnsafeMutablePointer<UInt8>) { unsafe _ = SHA512_Final(digest, &context) }
}
