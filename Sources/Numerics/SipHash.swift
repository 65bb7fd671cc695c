// SPDX-License-Identifier: Apache-2.0

/// SipHash-1-3 of one 64-bit word: a hash that who does not know the key cannot aim with (Aumasson and Bernstein, "SipHash: a fast
/// short-input PRF", 2012; one round for each word and three at the end).
package struct SipHash: Sendable, BitwiseCopyable {
  private let key0: UInt64
  private let key1: UInt64

  package init(_ key0: UInt64, _ key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  @_noLocks @_noAllocation
  package func callAsFunction(_ word: UInt64) -> UInt64 {
    var state = State(
      v0: key0 ^ 0x736f_6d65_7073_6575, v1: key1 ^ 0x646f_7261_6e64_6f6d, v2: key0 ^ 0x6c79_6765_6e65_7261,
      v3: key1 ^ 0x7465_6462_7974_6573)
    state.take(word)
    // The last block holds the length, eight bytes, alone.
    state.take(8 &<< 56)
    state.v2 ^= 0xff
    state.round()
    state.round()
    state.round()
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
  }

  private struct State: BitwiseCopyable {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    @_noLocks @_noAllocation @inline(__always)
    mutating func take(_ word: UInt64) {
      v3 ^= word
      round()
      v0 ^= word
    }

    @_noLocks @_noAllocation @inline(__always)
    mutating func round() {
      v0 = v0 &+ v1
      v1 = (v1 &<< 13 | v1 &>> 51) ^ v0
      v0 = v0 &<< 32 | v0 &>> 32
      v2 = v2 &+ v3
      v3 = (v3 &<< 16 | v3 &>> 48) ^ v2
      v0 = v0 &+ v3
      v3 = (v3 &<< 21 | v3 &>> 43) ^ v0
      v2 = v2 &+ v1
      v1 = (v1 &<< 17 | v1 &>> 47) ^ v2
      v2 = v2 &<< 32 | v2 &>> 32
    }
  }
}
