// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// Appends fields to a frame.
struct FrameWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ words: UInt32...) {
    for word in words {
      for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
  }

  mutating func put(_ long: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: long >> shift)) }
  }

  mutating func put(_ text: String) {
    let utf8 = Array(text.utf8.prefix(ChildFrame.textLimit))
    put(UInt32(utf8.count))
    bytes += utf8
  }

  mutating func put(bytes other: [UInt8]) {
    put(UInt32(other.count))
    bytes += other
  }

  mutating func put(_ info: tompion_source_info_t) {
    // Sound: plain data, read as bytes.
    unsafe withUnsafeBytes(of: info) { unsafe bytes.append(contentsOf: $0) }
  }
}

/// Takes fields from a frame; nil as soon as one is not there.
struct FrameReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func word() -> UInt32? {
    guard rest.count >= 4 else { return nil }
    var value: UInt32 = 0
    for byte in rest.prefix(4).reversed() { value = value << 8 | UInt32(byte) }
    rest = rest.dropFirst(4)
    return value
  }

  mutating func long() -> UInt64? {
    guard let low = word(), let high = word() else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  mutating func text() -> String? {
    guard let count = word(), count <= UInt32(ChildFrame.textLimit), rest.count >= Int(count) else { return nil }
    let text = String(decoding: rest.prefix(Int(count)), as: UTF8.self)
    rest = rest.dropFirst(Int(count))
    return text
  }

  mutating func bytes(limit: Int) -> [UInt8]? {
    guard let count = word(), Int(count) <= limit, rest.count >= Int(count) else { return nil }
    defer { rest = rest.dropFirst(Int(count)) }
    return Array(rest.prefix(Int(count)))
  }

  /// With its texts closed and its values in range, or nil.
  mutating func info() -> tompion_source_info_t? {
    var info = tompion_source_info_t()
    let count = MemoryLayout<tompion_source_info_t>.size
    guard rest.count >= count else { return nil }
    // Sound: plain data of `count` bytes; any bytes are a value of it, and `sanitized` checks that value.
    unsafe withUnsafeMutableBytes(of: &info) { target in unsafe target.copyBytes(from: rest.prefix(count)) }
    rest = rest.dropFirst(count)
    return info.sanitized
  }
}
