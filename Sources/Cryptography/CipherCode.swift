// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Synchronization

/// AES-CMAC (RFC 4493, NIST SP 800-38B) by OpenSSL's EVP_MAC, whose contexts are for one thread at a time: there are several (`lanes`),
/// and a call takes the first that nobody is in, without waiting. Setting the key costs five allocations, so each context keeps it.
@safe
final class CipherCode: @unchecked Sendable {
  static let length = 16

  // Sound throughout: the contexts are made in init and freed in deinit; a lane's context is used only by who set its flag.
  private let contexts: UnsafeMutablePointer<OpaquePointer?>
  private let taken: UnsafeMutablePointer<Atomic<Bool>>
  private let lanes: Int

  /// nil = the key is not 16 or 32 bytes long, or OpenSSL refuses (no memory, no such cipher).
  init?(key: Span<UInt8>, lanes: Int) {
    guard key.count == 16 || key.count == 32, lanes > 0 else { return nil }
    self.lanes = lanes
    unsafe contexts = .allocate(capacity: lanes)
    unsafe contexts.initialize(repeating: nil, count: lanes)
    unsafe taken = .allocate(capacity: lanes)
    for lane in 0..<lanes { unsafe (taken + lane).initialize(to: Atomic(false)) }
    for lane in 0..<lanes {
      guard let context = unsafe Self.makeContext(key) else { return nil }
      unsafe contexts[lane] = context
    }
  }

  deinit {
    for lane in 0..<lanes {
      // Wipes the key that the context holds.
      unsafe EVP_MAC_CTX_free(contexts[lane])
    }
    unsafe contexts.deallocate()
    unsafe taken.deinitialize(count: lanes)
    unsafe taken.deallocate()
  }

  private static func makeContext(_ key: Span<UInt8>) -> OpaquePointer? {
    // Looked up for each context: contexts are made when a key is read, never for a packet.
    guard let mac = unsafe EVP_MAC_fetch(nil, "CMAC", nil) else { return nil }
    defer { unsafe EVP_MAC_free(mac) }
    guard let context = unsafe EVP_MAC_CTX_new(mac) else { return nil }
    // Sound: name and parameters live through the call that reads them.
    let isReady = unsafe (key.count == 16 ? "AES-128-CBC" : "AES-256-CBC").withCString { cipher in
      unsafe withUnsafeTemporaryAllocation(of: OSSL_PARAM.self, capacity: 2) { parameters in
        unsafe parameters.initializeElement(
          at: 0, to: OSSL_PARAM_construct_utf8_string("cipher", UnsafeMutablePointer(mutating: cipher), 0))
        unsafe parameters.initializeElement(at: 1, to: OSSL_PARAM_construct_end())
        return unsafe key.withUnsafeBufferPointer { bytes in
          unsafe EVP_MAC_init(context, bytes.baseAddress, bytes.count, parameters.baseAddress)
        }
      }
    }
    guard isReady == 1 else {
      unsafe EVP_MAC_CTX_free(context)
      return nil
    }
    return unsafe context
  }

  /// Writes 16 bytes to `code`; false = more threads than lanes are in here at this instant, or OpenSSL failed.
  func sign(_ message: Span<UInt8>, into code: UnsafeMutablePointer<UInt8>) -> Bool {
    for lane in 0..<lanes {
      guard unsafe !taken[lane].exchange(true, ordering: .acquiring) else { continue }
      defer { unsafe taken[lane].store(false, ordering: .releasing) }
      var length = 0
      let context = unsafe contexts[lane]
      // Without a key: it starts again with the one that it has.
      let isSigned = unsafe message.withUnsafeBufferPointer { bytes in
        unsafe EVP_MAC_init(context, nil, 0, nil) == 1 && EVP_MAC_update(context, bytes.baseAddress, bytes.count) == 1
          && EVP_MAC_final(context, code, &length, Self.length) == 1
      }
      return isSigned && length == Self.length
    }
    return false
  }
}
