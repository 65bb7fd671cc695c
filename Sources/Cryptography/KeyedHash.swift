// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// H(key ‖ message), or HMAC (RFC 2104), with the key absorbed once. Only read after init, so every thread may use it at once; each
/// call works on a copy on its stack, which is wiped.
@safe
struct KeyedHash<State: HashState>: ~Copyable, @unchecked Sendable {
  enum Form {
    case prefix
    case hmac
  }

  // Sound throughout: two states (the second is HMAC's outer one) made and initialised here, freed in deinit; the pointers go with the
  // counts of their spans, and nobody writes the states after init.
  private let states: UnsafeMutablePointer<State>
  private let form: Form

  init(_ form: Form, key: Span<UInt8>) {
    self.form = form
    unsafe states = .allocate(capacity: 2)
    unsafe states.initialize(repeating: State(), count: 2)
    unsafe states[0].begin()
    unsafe states[1].begin()
    switch form {
    case .prefix:
      unsafe key.withUnsafeBytes { unsafe states[0].absorb($0.baseAddress ?? UnsafeRawPointer(states), $0.count) }
    case .hmac: absorbPads(key)
    }
  }

  deinit {
    unsafe OPENSSL_cleanse(states, 2 * MemoryLayout<State>.stride)
    unsafe states.deallocate()
  }

  /// HMAC's inner and outer pad: the key, hashed first if it is longer than a block, with 0x36 and 0x5c.
  private func absorbPads(_ key: Span<UInt8>) {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: State.blockLength) { pad in
      guard let start = pad.baseAddress else { return }
      unsafe pad.initialize(repeating: 0)
      if key.count <= State.blockLength {
        for index in key.indices { unsafe pad[index] = key[index] }
      } else {
        var hash = State()
        hash.begin()
        unsafe key.withUnsafeBytes { bytes in
          if let start = bytes.baseAddress { unsafe hash.absorb(start, bytes.count) }
        }
        unsafe hash.finish(into: start)
      }
      for index in pad.indices { unsafe pad[index] ^= 0x36 }
      unsafe states[0].absorb(start, State.blockLength)
      for index in pad.indices { unsafe pad[index] ^= 0x36 ^ 0x5c }
      unsafe states[1].absorb(start, State.blockLength)
      unsafe OPENSSL_cleanse(start, State.blockLength)
    }
  }

  /// Writes `State.digestLength` bytes to `code`.
  func sign(_ message: Span<UInt8>, into code: UnsafeMutablePointer<UInt8>) {
    unsafe withUnsafeTemporaryAllocation(of: State.self, capacity: 1) { copy in
      guard let work = copy.baseAddress else { return }
      unsafe work.initialize(from: states, count: 1)
      unsafe message.withUnsafeBytes { bytes in
        if let start = bytes.baseAddress { unsafe work.pointee.absorb(start, bytes.count) }
      }
      unsafe work.pointee.finish(into: code)
      if form == .hmac {
        unsafe work.update(from: states + 1, count: 1)
        unsafe work.pointee.absorb(code, State.digestLength)
        unsafe work.pointee.finish(into: code)
      }
      unsafe OPENSSL_cleanse(work, MemoryLayout<State>.size)
    }
  }
}
