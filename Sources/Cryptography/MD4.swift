// SPDX-License-Identifier: Apache-2.0

/// The MD4 message digest (RFC 1320), for the NT hash alone: MD4 of a password in UTF-16LE, which MS-SNTP's keys are made of.
///
/// OpenSSL 3 has it in its legacy provider only, which a host need not have. It protects nothing by itself. [any]
package enum MD4 {
  /// 16 bytes.
  package static func digest(_ message: Span<UInt8>) -> [UInt8] {
    var state = State()
    // The message, one bit, zeros, and the message's length in bits as 64 bits (sections 3.1 and 3.2).
    let blocks = (message.count + 8) / 64 + 1
    let bits = UInt64(message.count) &* 8
    for block in 0..<blocks {
      var words = InlineArray<16, UInt32>(repeating: 0)
      for position in 0..<64 {
        let index = block * 64 + position
        let octet: UInt8
        if index < message.count {
          octet = message[index]
        } else if index == message.count {
          octet = 0x80
        } else if block == blocks - 1 && position >= 56 {
          octet = UInt8(truncatingIfNeeded: bits >> UInt64(8 * (position - 56)))
        } else {
          octet = 0
        }
        words[position / 4] |= UInt32(octet) << UInt32(8 * (position % 4))
      }
      state.digest(words)
    }
    return [state.a, state.b, state.c, state.d].flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
    }
  }

  /// The NT hash of a password (MS-NLMP, section 3.3.1, NTOWFv1). The caller wipes it.
  package static func ntHash(password: String) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(2 * password.utf16.count)
    for unit in password.utf16 {
      text.append(UInt8(truncatingIfNeeded: unit))
      text.append(UInt8(truncatingIfNeeded: unit >> 8))
    }
    let hash = digest(text.span)
    text.wipe()
    return hash
  }

  /// A, B, C and D of section 3.3.
  private struct State {
    var a: UInt32 = 0x6745_2301
    var b: UInt32 = 0xefcd_ab89
    var c: UInt32 = 0x98ba_dcfe
    var d: UInt32 = 0x1032_5476

    /// Section 3.4. In each step the letters move one place on, so that the one computed is always `a`.
    mutating func digest(_ words: InlineArray<16, UInt32>) {
      let before = self
      for step in 0..<16 {
        turn(b & c | ~b & d, words[step], 0, [3, 7, 11, 19][step % 4])
      }
      for step in 0..<16 {
        turn(b & c | b & d | c & d, words[step % 4 * 4 + step / 4], 0x5a82_7999, [3, 5, 9, 13][step % 4])
      }
      let order = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]
      for step in 0..<16 {
        turn(b ^ c ^ d, words[order[step]], 0x6ed9_eba1, [3, 9, 11, 15][step % 4])
      }
      a &+= before.a
      b &+= before.b
      c &+= before.c
      d &+= before.d
    }

    private mutating func turn(_ mixed: UInt32, _ word: UInt32, _ constant: UInt32, _ shift: UInt32) {
      let sum = a &+ mixed &+ word &+ constant
      (a, b, c, d) = (d, sum << shift | sum >> (32 - shift), b, c)
    }
  }
}
