// SPDX-License-Identifier: Apache-2.0

/// Little-endian fields at given places of a message; nil = outside of it. [any]
enum LittleEndian {
  static func unsigned(_ bytes: Span<UInt8>, _ offset: Int, _ length: Int) -> UInt64? {
    guard offset >= 0, length >= 0, length <= 8, offset <= bytes.count, length <= bytes.count - offset else {
      return nil
    }
    var value: UInt64 = 0
    var index = length
    while index > 0 {
      index -= 1
      value = value << 8 | UInt64(bytes[offset + index])
    }
    return value
  }

  static func signed(_ bytes: Span<UInt8>, _ offset: Int, _ length: Int) -> Int64? {
    guard length > 0, let raw = unsigned(bytes, offset, length) else { return nil }
    let shift = 64 - 8 * Int64(length)
    return Int64(bitPattern: raw << UInt64(shift)) >> shift
  }

  /// Writes the lowest bytes of a value; nothing where they do not fit.
  static func put(_ value: UInt64, _ bytes: inout MutableSpan<UInt8>, _ offset: Int, _ length: Int) {
    guard offset >= 0, length <= 8, offset + length <= bytes.count else { return }
    for index in 0..<length { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }
}
