// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Testing

@Suite("A signed query judged")
struct QuerySignedTests {
  /// A code that depends on every byte; no more is needed to see whether the right ones are asked about.
  static func sum(_ message: [UInt8]) -> [UInt8] {
    var state = [UInt8](repeating: 0, count: 32)
    for (index, byte) in message.enumerated() { state[index % 32] = state[index % 32] &* 31 &+ byte &+ 1 }
    return state
  }

  static func signed(_ packet: [UInt8], key: UInt32, length: Int = 20) -> [UInt8] {
    packet + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: key >> UInt32($0)) } + sum(packet).prefix(length)
  }

  static func judge(_ outcome: QueryOutcome) -> Query.Judgement {
    Replies.query.judgeSigned(outcome, key: 0x0102_0304) { message, code in
      message.count >= 48 && code.count >= 16 && sum(message).starts(with: code)
    }
  }

  @Test("the request: 48 bytes, the key's number, at most 20 bytes of code", arguments: [(16, 68), (20, 72), (32, 72)])
  func request(code: Int, length: Int) throws {
    let bytes = try #require(Replies.query.signedRequest(key: 0x0102_0304) { Array(Self.sum($0).prefix(code)) })
    #expect(
      bytes.count == length && Array(bytes[..<48]) == Replies.query.request && Array(bytes[48..<52]) == [1, 2, 3, 4])
    #expect(Array(bytes[52...]) == Array(Self.sum(Replies.query.request).prefix(length - 52)))
    #expect(Replies.query.signedRequest(key: 1) { _ in nil } == nil)
    #expect(Replies.query.signedRequest(key: 1) { _ in [1, 2, 3] } == nil)
  }

  @Test("a right answer, cut or whole; what else is wrong with it the plain query told", arguments: [16, 20, 32])
  func right(length: Int) {
    for packet in [Replies.packet(), Replies.packet(stratum: 16)] {
      #expect(Self.judge(Replies.answered(Self.signed(packet, key: 0x0102_0304, length: length))).faults.isEmpty)
    }
  }

  @Test("each way in which it is not right")
  func wrong() {
    let good = Self.signed(Replies.packet(), key: 0x0102_0304)
    #expect(Self.judge(Replies.answered(Replies.packet())).faults == [.signatureMissing])
    #expect(Self.judge(Replies.answered(Replies.packet() + [0, 0, 0, 0])).faults == [.cryptoNAK])
    #expect(Self.judge(Replies.answered(Replies.packet() + [1, 2, 3, 4])).faults == [.signatureMissing])
    #expect(
      Self.judge(Replies.answered(Self.signed(Replies.packet(), key: 5))).faults == [.otherKey(5, wanted: 0x0102_0304)])
    #expect(Self.judge(.silent(seconds: 4)).faults == [.signedSilence(seconds: 4)])
    #expect(Self.judge(.refused).faults == [.portRefused])
    let denied = Replies.packet(stratum: 0, reference: 0x4445_4E59)
    #expect(Self.judge(Replies.answered(denied)).faults == [.denied("DENY")])
    for index in [0, 1, 4, 12, 16, 39, 47, 52, 60, 71] {
      var bytes = good
      bytes[index] ^= 0x40
      let faults = Self.judge(Replies.answered(bytes)).faults
      #expect(!faults.isEmpty, "byte \(index)")
    }
  }

  @Test("the code is found behind an extension field, and covers that, too")
  func extensionField() {
    let packet = Replies.packet() + [0x02, 0x04, 0, 28] + [UInt8](repeating: 9, count: 24)
    #expect(Self.judge(Replies.answered(Self.signed(packet, key: 0x0102_0304))).faults.isEmpty)
    var bytes = Self.signed(packet, key: 0x0102_0304)
    bytes[64] ^= 1
    #expect(Self.judge(Replies.answered(bytes)).faults == [.wrongSignature(0x0102_0304)])
    #expect(Self.judge(Replies.answered(packet)).faults == [.signatureMissing], "a field alone is no code")
    #expect(
      Self.judge(Replies.answered(Self.signed(Replies.packet(), key: 5, length: 32))).faults
        == [.otherKey(5, wanted: 0x0102_0304)], "a whole code of another key")
  }
}
