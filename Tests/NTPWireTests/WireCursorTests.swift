// SPDX-License-Identifier: Apache-2.0

import NTPWire
import Testing

struct WireCursorTests {
  @Test
  func fieldsFollowEachOtherInNetworkByteOrder() throws {
    var bytes = [UInt8](repeating: 0xff, count: 20)
    var span = bytes.mutableSpan
    var writer = WireCursor()
    try writer.write(UInt8(0x01), to: &span)
    try writer.write(UInt16(0x0203), to: &span)
    try writer.write(UInt32(0x0405_0607), to: &span)
    try writer.write(UInt64(0x0809_0a0b_0c0d_0e0f), to: &span)
    let more: [UInt8] = [16, 17]
    try writer.write(more.span, to: &span)
    try writer.writeZeros(3, to: &span)
    #expect(bytes == Array(1...17) + [0, 0, 0])
    #expect(writer.offset == 20)
    var reader = WireCursor()
    #expect(try reader.readUInt8(bytes.span) == 0x01)
    #expect(try reader.readUInt16(bytes.span) == 0x0203)
    #expect(try reader.readUInt32(bytes.span) == 0x0405_0607)
    #expect(try reader.readUInt64(bytes.span) == 0x0809_0a0b_0c0d_0e0f)
    #expect(try reader.skip(5, in: bytes.span) == 15..<20)
  }

  /// Each field at each place of packets of 0 to 12 bytes: it fits, or it throws and changes nothing.
  @Test
  func everyBoundIsChecked() {
    for count in 0...12 {
      for start in 0...14 {
        for width in [1, 2, 4, 8] {
          let fits = start + width <= count
          let expected = fits ? start + width : start
          let source = [UInt8](repeating: 0xff, count: count)
          var reader = WireCursor(offset: start)
          let value: UInt64? =
            switch width {
            case 1: (try? reader.readUInt8(source.span)).map(UInt64.init)
            case 2: (try? reader.readUInt16(source.span)).map(UInt64.init)
            case 4: (try? reader.readUInt32(source.span)).map(UInt64.init)
            default: try? reader.readUInt64(source.span)
            }
          #expect(value == (fits ? UInt64.max >> UInt64(64 - 8 * width) : nil))
          #expect(reader.offset == expected)
          var target = source
          var span = target.mutableSpan
          var writer = WireCursor(offset: start)
          switch width {
          case 1: try? writer.write(UInt8(0), to: &span)
          case 2: try? writer.write(UInt16(0), to: &span)
          case 4: try? writer.write(UInt32(0), to: &span)
          default: try? writer.write(UInt64(0), to: &span)
          }
          #expect(writer.offset == expected)
          #expect(target.count { $0 == 0 } == (fits ? width : 0))
        }
      }
    }
  }

  @Test
  func theErrorSaysWhatWasMissing() {
    let bytes: [UInt8] = [1, 2, 3]
    var cursor = WireCursor(offset: 2)
    #expect(throws: WireError.truncated(offset: 2, needed: 4, available: 3)) { _ = try cursor.readUInt32(bytes.span) }
    #expect(throws: WireError.truncated(offset: 2, needed: .max, available: 3)) {
      _ = try cursor.skip(.max, in: bytes.span)
    }
    #expect(throws: WireError.truncated(offset: 2, needed: -1, available: 3)) {
      _ = try cursor.skip(-1, in: bytes.span)
    }
    #expect(cursor.offset == 2)
  }

  @Test(arguments: [Int.min, -1, 0, 3, 4, .max])
  func anyStartIsSurvived(start: Int) {
    let bytes: [UInt8] = [1, 2, 3]
    var cursor = WireCursor(offset: start)
    let value = try? cursor.readUInt8(bytes.span)
    #expect(value == (start <= 0 ? 1 : nil))
  }
}
