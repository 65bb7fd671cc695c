// SPDX-License-Identifier: Apache-2.0

/// A place in the bytes of a file: numbers and parts are read in turn and never beyond the end. The bytes stay with the caller.
struct FileCursor {
  private(set) var offset: Int
  private let end: Int

  /// A part outside of the bytes is empty.
  init(_ bytes: borrowing Span<UInt8>, _ part: Range<Int>? = nil) {
    end = max(0, min(part?.upperBound ?? bytes.count, bytes.count))
    offset = max(0, min(part?.lowerBound ?? 0, end))
  }

  var left: Int { end - offset }

  /// nil = too few bytes are left; the place does not move.
  mutating func part(_ count: Int) -> Range<Int>? {
    guard count >= 0, count <= left else { return nil }
    offset += count
    return offset - count..<offset
  }

  mutating func uint8(_ bytes: borrowing Span<UInt8>) -> UInt8? {
    number(bytes, 1).map { UInt8(truncatingIfNeeded: $0) }
  }
  mutating func uint16(_ bytes: borrowing Span<UInt8>) -> UInt16? {
    number(bytes, 2).map { UInt16(truncatingIfNeeded: $0) }
  }
  mutating func uint32(_ bytes: borrowing Span<UInt8>) -> UInt32? {
    number(bytes, 4).map { UInt32(truncatingIfNeeded: $0) }
  }

  /// Most significant byte first.
  private mutating func number(_ bytes: borrowing Span<UInt8>, _ count: Int) -> UInt64? {
    guard let part = part(count) else { return nil }
    var value: UInt64 = 0
    for index in part { value = value << 8 | UInt64(bytes[index]) }
    return value
  }
}
