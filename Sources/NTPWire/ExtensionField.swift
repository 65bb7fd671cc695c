// SPDX-License-Identifier: Apache-2.0

/// Where one extension field stands in a datagram: 16 bits type, 16 bits length with these four bytes included, then the value,
/// padded to a multiple of four (RFC 7822, section 3.1).
package struct ExtensionField: Hashable, Sendable {
  package var type: UInt16
  /// The field from its type to its padding.
  package var range: Range<Int>

  @_noLocks @_noAllocation
  init(type: UInt16, range: Range<Int>) {
    self.type = type
    self.range = range
  }

  /// The value with its padding.
  package var value: Range<Int> {
    @_noLocks @_noAllocation get { (range.lowerBound &+ 4)..<range.upperBound }
  }
}

/// Walks extension fields without copying or allocating. The bytes are an argument of each step; any bytes will do.
package struct ExtensionFieldIterator: Sendable, BitwiseCopyable {
  private var cursor: WireCursor
  private let end: Int

  /// Over the range that `PacketTrailer` gave.
  @_noLocks @_noAllocation
  package init(_ range: Range<Int>) {
    cursor = WireCursor(offset: range.lowerBound)
    end = range.upperBound
  }

  /// Where the next field would begin.
  package var offset: Int {
    @_noLocks @_noAllocation get { cursor.offset }
  }

  /// Steps over the next field; false where `next` would be nil.
  @_noLocks @_noAllocation
  mutating func advance(in bytes: borrowing Span<UInt8>) -> Bool {
    let before = cursor.offset
    _ = next(in: bytes)
    return cursor.offset != before
  }

  /// The next field; nil at the end of the range and before one whose length is wrong, where it stays.
  @_noLocks @_noAllocation
  package mutating func next(in bytes: borrowing Span<UInt8>) -> ExtensionField? {
    let limit = end < bytes.count ? end : bytes.count
    var probe = cursor
    let start = probe.offset
    guard start < limit, limit &- start >= 16 else { return nil }
    do {
      let type = try probe.readUInt16(bytes)
      let length = Int(try probe.readUInt16(bytes))
      guard length >= 16, length & 3 == 0, length <= limit &- start else { return nil }
      _ = try probe.skip(length &- 4, in: bytes)
      cursor = probe
      return ExtensionField(type: type, range: start..<(start &+ length))
    } catch {
      return nil
    }
  }
}

extension WireCursor {
  /// Writes an extension field: type, length, `value` and zeros up to `length` bytes in all. nil is the least legal length: a
  /// multiple of 4, 16 or more, and 28 or more where `isLast` (no MAC follows). Returns the field's range; throws, and writes
  /// nothing, if it does not fit or the length is not legal. [capture]
  @_noLocks @_noAllocation
  package mutating func writeExtensionField(
    type: UInt16, value: Span<UInt8>, length wanted: Int? = nil, isLast: Bool = false,
    to bytes: inout MutableSpan<UInt8>
  ) throws(WireError) -> Range<Int> {
    let least = isLast ? 28 : 16
    let padded = (value.count &+ 7) & ~3
    let length = wanted ?? (padded < least ? least : padded)
    guard length >= least, length >= value.count &+ 4, length <= 65_532, length & 3 == 0 else {
      throw .extensionFieldLength(length)
    }
    let start = offset
    guard length <= bytes.count &- start else {
      throw .truncated(offset: start, needed: length, available: bytes.count)
    }
    try write(type, to: &bytes)
    try write(UInt16(truncatingIfNeeded: length), to: &bytes)
    try write(value, to: &bytes)
    try writeZeros(length &- 4 &- value.count, to: &bytes)
    return start..<(start &+ length)
  }
}
