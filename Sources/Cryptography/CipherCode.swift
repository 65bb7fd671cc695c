// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Synchronization

/// AES-CMAC (RFC 4493, NIST SP 800-38B): CMAC's few steps here, over OpenSSL's AES (EVP, so with the processor's instructions), because
/// EVP_MAC takes two and a half times as long for a packet's three blocks.
///
/// A context of OpenSSL's is for one thread at a time: there are several (`lanes`), and a call takes the first that nobody is in, without
/// waiting. Setting the key allocates, so each context keeps it.
@safe
final class CipherCode: @unchecked Sendable {
  static let length = 16

  // Sound throughout: contexts, blocks and subkeys are made in init and freed in deinit, indices stay below `lanes`; a lane's context and
  // block are used only by who set its flag, and the subkeys are only read after init.
  private let contexts: UnsafeMutablePointer<OpaquePointer?>
  /// The chaining value of each lane, 16 bytes.
  private let blocks: UnsafeMutableRawPointer
  /// K1 and K2, 16 bytes each.
  private let subkeys: UnsafeMutableRawPointer
  private let taken: UnsafeMutablePointer<Atomic<Bool>>
  private let lanes: Int

  /// nil = the key is not 16 or 32 bytes long, or OpenSSL refuses (no memory, no such cipher).
  init?(key: Span<UInt8>, lanes: Int) {
    guard key.count == 16 || key.count == 32, lanes > 0 else { return nil }
    self.lanes = lanes
    unsafe contexts = .allocate(capacity: lanes)
    unsafe contexts.initialize(repeating: nil, count: lanes)
    unsafe blocks = .allocate(byteCount: Self.length * lanes, alignment: 16)
    unsafe subkeys = .allocate(byteCount: 2 * Self.length, alignment: 16)
    unsafe subkeys.initializeMemory(as: UInt8.self, repeating: 0, count: 2 * Self.length)
    unsafe taken = .allocate(capacity: lanes)
    for lane in 0..<lanes { unsafe (taken + lane).initialize(to: Atomic(false)) }
    // Looked up once for all contexts, when a key is read, never for a packet. Each context keeps it.
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, key.count == 16 ? "AES-128-ECB" : "AES-256-ECB", nil) else {
      return nil
    }
    defer { unsafe EVP_CIPHER_free(cipher) }
    for lane in 0..<lanes {
      guard let context = unsafe Self.makeContext(cipher, key) else { return nil }
      unsafe contexts[lane] = context
    }
    guard unsafe encrypt(contexts[0], subkeys, into: subkeys) else { return nil }
    unsafe Self.double(subkeys, into: subkeys)
    unsafe Self.double(subkeys, into: subkeys + Self.length)
  }

  deinit {
    // Freeing a context wipes the key that it holds.
    for lane in 0..<lanes { unsafe EVP_CIPHER_CTX_free(contexts[lane]) }
    unsafe contexts.deallocate()
    unsafe OPENSSL_cleanse(subkeys, 2 * Self.length)
    unsafe subkeys.deallocate()
    unsafe OPENSSL_cleanse(blocks, Self.length * lanes)
    unsafe blocks.deallocate()
    unsafe taken.deinitialize(count: lanes)
    unsafe taken.deallocate()
  }

  private static func makeContext(_ cipher: OpaquePointer, _ key: Span<UInt8>) -> OpaquePointer? {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    let isReady = unsafe key.withUnsafeBufferPointer {
      unsafe EVP_EncryptInit_ex2(context, cipher, $0.baseAddress, nil, nil)
    }
    guard isReady == 1, unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1 else {
      unsafe EVP_CIPHER_CTX_free(context)
      return nil
    }
    return unsafe context
  }

  /// One block, in place if one likes.
  private func encrypt(
    _ context: OpaquePointer?, _ block: UnsafeRawPointer, into result: UnsafeMutableRawPointer
  ) -> Bool {
    var count: Int32 = 0
    let isDone = unsafe EVP_EncryptUpdate(
      context, result.assumingMemoryBound(to: UInt8.self), &count, block.assumingMemoryBound(to: UInt8.self),
      Int32(Self.length))
    return isDone == 1 && count == Int32(Self.length)
  }

  /// Twice the value in GF(2¹²⁸) (RFC 4493, section 2.3), most significant byte first.
  private static func double(_ value: UnsafeRawPointer, into result: UnsafeMutableRawPointer) {
    let high = unsafe UInt64(bigEndian: value.loadUnaligned(as: UInt64.self))
    let low = unsafe UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    // Without a branch: the value is secret.
    let carry = 0 &- (high >> 63)
    unsafe result.storeBytes(of: (high << 1 | low >> 63).bigEndian, as: UInt64.self)
    unsafe result.storeBytes(of: (low << 1 ^ (carry & 0x87)).bigEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// Adds 16 bytes into a block.
  private static func add(_ bytes: UnsafeRawPointer, to block: UnsafeMutableRawPointer) {
    let high = unsafe bytes.loadUnaligned(as: UInt64.self) ^ block.loadUnaligned(as: UInt64.self)
    let low =
      unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      ^ block.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    unsafe block.storeBytes(of: high, as: UInt64.self)
    unsafe block.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
  }

  /// Writes 16 bytes to `code`; false = more threads than lanes are in here at this instant, or OpenSSL failed.
  func sign(_ message: Span<UInt8>, into code: UnsafeMutablePointer<UInt8>) -> Bool {
    for lane in 0..<lanes {
      // Looked at first: a taken lane's flag is not written, so its line stays where it is.
      guard unsafe !taken[lane].load(ordering: .relaxed), unsafe !taken[lane].exchange(true, ordering: .acquiring)
      else {
        continue
      }
      defer { unsafe taken[lane].store(false, ordering: .releasing) }
      return unsafe message.withUnsafeBytes { unsafe chain($0, lane, into: code) }
    }
    return false
  }

  /// RFC 4493, section 2.4.
  private func chain(
    _ message: UnsafeRawBufferPointer, _ lane: Int, into code: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let context = unsafe contexts[lane]
    let block = unsafe blocks + lane * Self.length
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: Self.length)
    // The last block, whole or not, begins here.
    let last = unsafe message.isEmpty ? 0 : (message.count - 1) / Self.length * Self.length
    if let start = message.baseAddress {
      var offset = 0
      while offset < last {
        unsafe Self.add(start + offset, to: block)
        guard unsafe encrypt(context, block, into: block) else { return false }
        offset += Self.length
      }
    }
    let rest = message.count - last
    if rest == Self.length, let start = message.baseAddress {
      unsafe Self.add(start + last, to: block)
      unsafe Self.add(subkeys, to: block)
    } else {
      let bytes = unsafe block.assumingMemoryBound(to: UInt8.self)
      for index in 0..<rest { unsafe bytes[index] ^= message[last + index] }
      unsafe bytes[rest] ^= 0x80
      unsafe Self.add(subkeys + Self.length, to: block)
    }
    return unsafe encrypt(context, block, into: UnsafeMutableRawPointer(code))
  }
}
