// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TestSupport
import Testing

struct ExtensionFieldTests {
  static func write(
    _ value: [UInt8], length: Int? = nil, isLast: Bool = false, into bytes: inout [UInt8], at cursor: inout WireCursor
  ) throws -> Range<Int> {
    var span = bytes.mutableSpan
    return try cursor.writeExtensionField(type: 0x0104, value: value.span, length: length, isLast: isLast, to: &span)
  }

  @Test(arguments: [(0, 16), (1, 16), (12, 16), (13, 20), (16, 20), (24, 28), (100, 104)])
  func whatIsWrittenIsRead(valueCount: Int, length: Int) throws {
    var random = SeededGenerator(seed: 61)
    let value = random.bytes(valueCount)
    var bytes = [UInt8](repeating: 0xee, count: 400)
    var cursor = WireCursor(offset: 48)
    let range = try Self.write(value, into: &bytes, at: &cursor)
    #expect(range == 48..<48 + length && cursor.offset == range.upperBound)
    #expect(Array(bytes[48..<52]) == [0x01, 0x04, 0, UInt8(length)])
    #expect(Array(bytes[52..<52 + valueCount]) == value)
    #expect(bytes[(52 + valueCount)..<(48 + length)].allSatisfy { $0 == 0 })
    #expect(bytes[(48 + length)...].allSatisfy { $0 == 0xee } && bytes[..<48].allSatisfy { $0 == 0xee })
    let last = try Self.write([1], isLast: true, into: &bytes, at: &cursor)
    #expect(last.count == 28)
    let packet = Array(bytes[..<cursor.offset])
    #expect(PacketTrailer(of: packet.span, version: 4) == .extensionFields(48..<packet.count, mac: nil))
    var iterator = ExtensionFieldIterator(48..<packet.count)
    let first = iterator.next(in: packet.span)
    let second = iterator.next(in: packet.span)
    let third = iterator.next(in: packet.span)
    #expect(first?.range == range && first?.type == 0x0104 && first?.value == 52..<48 + length)
    #expect(second?.range == last && third == nil)
  }

  @Test
  func whatIsNotLegalOrDoesNotFitIsNotWritten() {
    for (valueCount, length, isLast) in [
      (0, 15, false), (0, 18, false), (20, 20, false), (0, 16, true), (0, 65_536, false), (70_000, nil, false),
      (400, nil, false), (0, 356, false), (0, -4, false), (0, .max - 3, false),
    ] as [(Int, Int?, Bool)] {
      var bytes = [UInt8](repeating: 0xee, count: 400)
      var cursor = WireCursor(offset: 48)
      #expect(throws: WireError.self, "\(valueCount) \(String(describing: length))") {
        _ = try Self.write(
          [UInt8](repeating: 0, count: valueCount), length: length, isLast: isLast, into: &bytes, at: &cursor)
      }
      #expect(cursor.offset == 48 && bytes.allSatisfy { $0 == 0xee })
    }
  }

  @Test
  func theLongestField() throws {
    var bytes = [UInt8](repeating: 0xee, count: 80_000)
    var cursor = WireCursor(offset: 48)
    let range = try Self.write([UInt8](repeating: 0, count: 65_528), into: &bytes, at: &cursor)
    #expect(range.count == 65_532)
  }

  @Test
  func anyRangeAndAnyBytesEndTheIteration() {
    var random = SeededGenerator(seed: 62)
    for _ in 0..<5000 {
      let bytes = random.bytes(Int.random(in: 0...200, using: &random))
      let start = Int.random(in: -10...300, using: &random)
      var iterator = ExtensionFieldIterator(start..<start + Int.random(in: 0...300, using: &random))
      var end = max(0, start)
      while let field = iterator.next(in: bytes.span) {
        #expect(field.range.lowerBound == end && field.range.count >= 16 && field.range.upperBound <= bytes.count)
        end = field.range.upperBound
      }
    }
  }
}
