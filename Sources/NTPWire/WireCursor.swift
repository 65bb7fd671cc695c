// SPDX-License-Identifier: Apache-2.0

/// A position in a packet: reads or writes big-endian fields one after the other, with every bound checked.
///
/// The bytes are an argument of each call, so the cursor borrows nothing and allocates nothing. A field that does not fit throws
/// and leaves position and bytes as they were. [any]
package struct WireCursor: Hashable, Sendable, BitwiseCopyable {
  /// Where the next field begins, in bytes from the start of the span; never negative.
  package private(set) var offset: Int

  /// A negative `offset` counts as zero.
  @_noLocks @_noAllocation
  package init(offset: Int = 0) { self.offset = offset < 0 ? 0 : offset }

  /// Where a field of `length` bytes starts, after moving the cursor beyond it.
  @_noLocks @_noAllocation
  private mutating func advance(by length: Int, of available: Int) throws(WireError) -> Int {
    let start = offset
    // `available - start` cannot overflow: neither is negative.
    guard length >= 0, length <= available &- start else {
      throw .truncated(offset: start, needed: length, available: available)
    }
    offset = start &+ length
    return start
  }

  /// The range of the next `length` bytes, which are skipped.
  @_noLocks @_noAllocation
  package mutating func skip(_ length: Int, in bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
    let start = try advance(by: length, of: bytes.count)
    return start..<offset
  }

  @_noLocks @_noAllocation
  package mutating func readUInt8(_ bytes: Span<UInt8>) throws(WireError) -> UInt8 {
    bytes[try advance(by: 1, of: bytes.count)]
  }

  @_noLocks @_noAllocation
  package mutating func readUInt16(_ bytes: Span<UInt8>) throws(WireError) -> UInt16 {
    let start = try advance(by: 2, of: bytes.count)
    return UInt16(bytes[start]) &<< 8 | UInt16(bytes[start &+ 1])
  }

  @_noLocks @_noAllocation
  package mutating func readUInt32(_ bytes: Span<UInt8>) throws(WireError) -> UInt32 {
    let start = try advance(by: 4, of: bytes.count)
    var value: UInt32 = 0
    var index = start
    while index < start &+ 4 {
      value = value &<< 8 | UInt32(bytes[index])
      index = index &+ 1
    }
    return value
  }

  @_noLocks @_noAllocation
  package mutating func readUInt64(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
    let start = try advance(by: 8, of: bytes.count)
    var value: UInt64 = 0
    var index = start
    while index < start &+ 8 {
      value = value &<< 8 | UInt64(bytes[index])
      index = index &+ 1
    }
    return value
  }

  @_noLocks @_noAllocation
  package mutating func write(_ value: UInt8, to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    bytes[try advance(by: 1, of: bytes.count)] = value
  }

  @_noLocks @_noAllocation
  package mutating func write(_ value: UInt16, to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    let start = try advance(by: 2, of: bytes.count)
    bytes[start] = UInt8(truncatingIfNeeded: value &>> 8)
    bytes[start &+ 1] = UInt8(truncatingIfNeeded: value)
  }

  @_noLocks @_noAllocation
  package mutating func write(_ value: UInt32, to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    let start = try advance(by: 4, of: bytes.count)
    var rest = value
    var index = start &+ 4
    while index > start {
      index = index &- 1
      bytes[index] = UInt8(truncatingIfNeeded: rest)
      rest = rest &>> 8
    }
  }

  @_noLocks @_noAllocation
  package mutating func write(_ value: UInt64, to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    let start = try advance(by: 8, of: bytes.count)
    var rest = value
    var index = start &+ 8
    while index > start {
      index = index &- 1
      bytes[index] = UInt8(truncatingIfNeeded: rest)
      rest = rest &>> 8
    }
  }

  /// Copies all of `source`.
  @_noLocks @_noAllocation
  package mutating func write(_ source: Span<UInt8>, to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    let start = try advance(by: source.count, of: bytes.count)
    var index = 0
    while index < source.count {
      bytes[start &+ index] = source[index]
      index = index &+ 1
    }
  }

  /// Writes `count` zero bytes.
  @_noLocks @_noAllocation
  package mutating func writeZeros(_ count: Int, to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    let start = try advance(by: count, of: bytes.count)
    var index = start
    while index < offset {
      bytes[index] = 0
      index = index &+ 1
    }
  }
}
