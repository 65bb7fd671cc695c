// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MSSNTP

@Suite struct FileCursorTests {
  private let file: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xff]

  @Test func numbersAreReadInTurnAndNotBeyondTheEnd() {
    let bytes = file.span
    var cursor = FileCursor(bytes)
    let numbers: [UInt32?] = [
      cursor.uint8(bytes).map(UInt32.init), cursor.uint16(bytes).map(UInt32.init), cursor.uint32(bytes),
      cursor.uint32(bytes), cursor.uint8(bytes).map(UInt32.init),
    ]
    #expect(numbers == [1, 0x0203, 0x0405_0607, .max, nil])
    #expect(cursor.left == 0)
  }

  @Test func whatDoesNotFitDoesNotMove() {
    let bytes = file.span
    var cursor = FileCursor(bytes, 8..<11)
    let (long, negative, whole) = (cursor.uint32(bytes), cursor.part(-1), cursor.part(3))
    #expect(long == nil && negative == nil && whole == 8..<11)
  }

  @Test(arguments: [-5..<3, 20..<30, 11..<11, 0..<Int.max])
  func aPartOutsideIsCut(_ part: Range<Int>) {
    let cursor = FileCursor(file.span, part)
    #expect(cursor.left <= file.count && cursor.left >= 0)
    #expect(cursor.offset + cursor.left <= file.count)
  }
}
