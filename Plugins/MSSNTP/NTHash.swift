// SPDX-License-Identifier: Apache-2.0

import Cryptography

/// The NT hash of an account's password, NTOWFv1 = MD4(UTF-16LE(password)) ([MS-NLMP], section 3.3.1): what signs and verifies MS-SNTP.
/// Whoever has it has the account, so it is never printed.
///
/// Two words of plain data: nothing is allocated for it, and `wipe` leaves nothing behind in its place.
package struct NTHash: Sendable, BitwiseCopyable {
  /// The first eight bytes and the last, least significant first.
  private var low: UInt64
  private var high: UInt64

  package static let length = 16

  /// From sixteen bytes of a file.
  init?(_ bytes: borrowing Span<UInt8>, _ part: Range<Int>) {
    guard part.count == Self.length, part.upperBound <= bytes.count else { return nil }
    (low, high) = (0, 0)
    for index in 0..<Self.length { put(bytes[part.lowerBound + index], at: index) }
  }

  /// From 32 hexadecimal digits of a file, as tools print it; nil = they are none.
  package init?(hexadecimal bytes: borrowing Span<UInt8>, _ part: Range<Int>) {
    guard part.count == 2 * Self.length, part.upperBound <= bytes.count else { return nil }
    (low, high) = (0, 0)
    for index in 0..<Self.length {
      let place = part.lowerBound + 2 * index
      guard let first = Self.nibble(bytes[place]), let second = Self.nibble(bytes[place + 1]) else { return nil }
      put(first << 4 | second, at: index)
    }
  }

  private mutating func put(_ byte: UInt8, at index: Int) {
    if index < 8 {
      low |= UInt64(byte) &<< UInt64(8 &* index)
    } else {
      high |= UInt64(byte) &<< UInt64(8 &* (index &- 8))
    }
  }

  /// Of a password's code units.
  package init(password: some Sequence<UInt16>) {
    var bytes: [UInt8] = []
    for unit in password {
      bytes.append(UInt8(truncatingIfNeeded: unit))
      bytes.append(UInt8(truncatingIfNeeded: unit >> 8))
    }
    var digest = MD4.digest(bytes.span)
    (low, high) = (0, 0)
    for index in 0..<min(digest.count, Self.length) { put(digest[index], at: index) }
    bytes.wipe()
    digest.wipe()
  }

  /// Of a password as text.
  package init(password: String) { self.init(password: password.utf16) }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- UInt8(ascii: "A") &+ 10
    default: nil
    }
  }

  /// Its byte at `index`, 0 to 15.
  package subscript(index: Int) -> UInt8 {
    index < 8
      ? UInt8(truncatingIfNeeded: low &>> UInt64(8 &* index))
      : UInt8(truncatingIfNeeded: high &>> UInt64(8 &* (index &- 8)))
  }

  /// Whether it is the hash of the empty password (31d6cfe0…), or all zero: such an account proves nothing.
  package var isOfNothing: Bool {
    (low == 0 && high == 0) || (low == 0x31e9_6ad1_e0cf_d631 && high == 0xc089_c0e0_d759_3cb7)
  }

  /// Its bytes, for the making of a key; the caller wipes them.
  var bytes: [UInt8] { (0..<Self.length).map { self[$0] } }

  /// In one time, whatever the bytes are.
  package func isSame(as other: NTHash) -> Bool { (low ^ other.low) | (high ^ other.high) == 0 }

  package mutating func wipe() { (low, high) = (0, 0) }
}

extension NTHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "NT hash (not shown)" }
  package var debugDescription: String { description }
  /// `dump` and failing tests look here.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
