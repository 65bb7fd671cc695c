// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct SignedMessageTests {
  private let short = KeySelection(rid: 1103, form: .authenticator)
  private let long = KeySelection(rid: 1103, form: .extended)

  @Test func requestsAreAsWindowsSendsThem() {
    #expect(text(Array(request(short)[48...])) == "4f040000" + String(repeating: "00", count: 16))
    #expect(text(Array(request(long)[48...])) == "4f040000" + "00010000" + String(repeating: "00", count: 64))
    let previousShort = KeySelection(rid: 1103, usesPrevious: true, form: .authenticator)
    #expect(text(Array(request(previousShort)[48..<52])) == "4f040080")
    let previousLong = KeySelection(rid: 1103, usesPrevious: true, form: .extended)
    #expect(text(Array(request(previousLong)[48..<56])) == "4f04000000010100")
  }

  @Test func whatIsAskedForIsReadAgain() {
    for form in MessageForm.allCases {
      for usesPrevious in [false, true] {
        let selection = KeySelection(rid: 70_000, usesPrevious: usesPrevious, form: form)
        #expect(asked(request(selection)) == .signed(selection))
      }
    }
  }

  @Test func requestsBecomeVersion3() {
    let message = request(short, header: [0xe3] + (1..<48).map(UInt8.init))
    #expect(message[0] == 0xdb, "leap and mode stay")
  }

  @Test func everyOtherLengthIsNoneOfOurs() {
    for length in 0...200 where length != 68 && length != 120 {
      #expect(asked(Array(requestHeader.prefix(length)) + Array(repeating: 0, count: max(0, length - 48))) == .other)
    }
    #expect(asked(requestHeader, length: 68) == .other, "a length beyond the bytes")
  }

  @Test func otherVersionsAndCodesAreSomebodyElses() {
    for version in [0, 1, 2, 4, 5, 6, 7] as [UInt8] {
      var message = request(short)
      message[0] = message[0] & 0b1100_0111 | version << 3
      #expect(asked(message) == .other, "version \(version)")
    }
    // A code somewhere: a symmetric key's MAC of 20 bytes.
    for selection in [short, long] {
      for index in selection.form.checksumOffset..<selection.form.length {
        var message = request(selection)
        message[index] = 1
        #expect(asked(message) == .other, "byte \(index)")
      }
    }
  }

  @Test func nonsenseIsTold() {
    var message = request(short)
    message.replaceSubrange(48..<52, with: [0, 0, 0, 0])
    #expect(asked(message) == .other, "key id 0 is no key at all")
    message.replaceSubrange(48..<52, with: [0, 0, 0, 0x80])
    #expect(asked(message) == .malformed)
    message = request(long)
    message.replaceSubrange(48..<52, with: [0, 0, 0, 0])
    #expect(asked(message) == .malformed)
  }

  /// Domain controllers look at the lowest bit of byte 53 alone (fact sheet, section 6); who sets that of 54 has said which key.
  @Test func oneOfTwoFlagsIsNeeded() {
    for first in 0...255 as ClosedRange<UInt8> {
      var message = request(long)
      message[53] = first
      #expect((asked(message) == .malformed) == (first & 1 == 0))
      message[53] = 0
      message[54] = first
      let previous = KeySelection(rid: 1103, usesPrevious: true, form: .extended)
      #expect(asked(message) == (first & 1 == 0 ? .malformed : .signed(previous)))
      message[53] = 1
      message[54] = 0
      message[52] = first
      message[55] = first
      #expect(asked(message) == .signed(long), "the others do not matter")
    }
  }

  @Test func repliesAreAsWindowsSendsThem() throws {
    let keys = try #require(makeKeys("hashcat"))
    #expect(
      text(Array(reply(short, keys)[48...])) == "4f040000f5532e98c684607bc18df075154cb192")
    #expect(text(Array(reply(long, keys)[48..<56])) == "4f04000001000000")
  }

  @Test func thereIsNoRoomInLess() {
    for form in MessageForm.allCases {
      for length in 0..<form.length {
        var message = [UInt8](repeating: 7, count: length)
        var span = message.mutableSpan
        #expect(!SignedMessage.appendRequest(KeySelection(rid: 1, form: form), to: &span))
        #expect(!SignedMessage.appendReply(KeySelection(rid: 1, form: form), to: &span))
        #expect(message == [UInt8](repeating: 7, count: length))
      }
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = SeededGenerator(seed: 31_300)
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...130, using: &random)
      var message = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      if Bool.random(using: &random), length > 56 { for index in 52..<length { message[index] = 0 } }
      if Bool.random(using: &random), length > 0 { message[0] = 0x1b }
      let declared = Bool.random(using: &random) ? length : Int.random(in: 0...200, using: &random)
      if case .signed(let selection) = SignedMessage.request(message.span, length: declared) {
        #expect(selection.rid != 0 && selection.form.length == declared)
      }
    }
  }
}
