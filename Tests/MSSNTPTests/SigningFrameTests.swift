// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

/// Answers as Samba writes them, for tests.
enum SambaAnswer {
  static func number(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
  }

  static func frame(_ body: [UInt8]) -> [UInt8] { number(UInt32(body.count)) + body }

  static func failure(_ id: UInt16, version: UInt32 = 0, operation: UInt32 = 4) -> [UInt8] {
    frame(number(version) + number(operation) + number(UInt32(id)))
  }

  static func success(_ id: UInt16, _ packet: [UInt8], version: UInt32 = 0, operation: UInt32 = 3) -> [UInt8] {
    frame(number(version) + number(operation) + number(UInt32(id)) + packet)
  }
}

@Suite struct SigningFrameTests {
  private func header(_ bytes: [UInt8]) -> InlineArray<48, UInt8> { InlineArray { bytes[$0] } }

  /// The fact sheet's frame for id 1 and RID 1103, byte by byte.
  @Test func requestsAreAsSambaReadsThem() {
    let frame = SigningFrame.request(id: 1, keyID: 1103, header: header(countingHeader))
    #expect(
      text(frame.indices.map { frame[$0] })
        == "00000040" + "00000000" + "00000000" + "00010000" + "4f040000" + text(countingHeader))
    let other = SigningFrame.request(id: 0xabcd, keyID: 0x8000_044f, header: header(countingHeader))
    #expect(text((12..<20).map { other[$0] }) == "abcd0000" + "4f040080")
  }

  private func take(_ answers: inout SigningAnswers, _ bytes: [UInt8]) -> (heard: [String], isReadable: Bool) {
    var heard: [String] = []
    let isReadable = answers.take(bytes.span) { answer in
      switch answer {
      case .signed(let id, let packet): heard.append("\(id) \(packet[0]) \(packet[67])")
      case .refused(let id): heard.append("\(id) refused")
      case .nonsense: heard.append("nonsense")
      }
      return true
    }
    return (heard, isReadable)
  }

  @Test(arguments: 1...100)
  func answersAreReadInPiecesOfAnySize(_ size: Int) {
    let packet = (100..<168).map(UInt8.init)
    let stream =
      SambaAnswer.success(7, packet) + SambaAnswer.failure(8) + SambaAnswer.success(65_535, packet.reversed())
    var answers = SigningAnswers()
    var heard: [String] = []
    for start in stride(from: 0, to: stream.count, by: size) {
      let piece = take(&answers, Array(stream[start..<min(start + size, stream.count)]))
      #expect(piece.isReadable)
      heard += piece.heard
    }
    #expect(heard == ["7 100 167", "8 refused", "65535 167 100"])
  }

  @Test func whatIsNoAnswerEndsTheStream() {
    let packet = [UInt8](repeating: 1, count: 68)
    for wrong in [
      SambaAnswer.failure(1, version: 1), SambaAnswer.failure(1, operation: 3), SambaAnswer.failure(1, operation: 0),
      SambaAnswer.success(1, packet, operation: 4), SambaAnswer.success(1, packet, version: 2),
      SambaAnswer.success(1, Array(packet.dropLast())), SambaAnswer.success(1, packet + [0]),
      SambaAnswer.number(0), SambaAnswer.number(.max), SambaAnswer.number(11),
      SambaAnswer.frame(SambaAnswer.number(0) + SambaAnswer.number(4) + SambaAnswer.number(65_536)),
    ] {
      var answers = SigningAnswers()
      let (heard, isReadable) = take(&answers, wrong)
      #expect(!isReadable && heard.isEmpty, "\(text(wrong))")
    }
  }

  @Test func randomStreamsNeverTrap() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      var answers = SigningAnswers()
      var stream = SambaAnswer.failure(3) + SambaAnswer.success(4, Array(repeating: 9, count: 68))
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        stream[Int.random(in: 0..<stream.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      _ = take(&answers, stream)
    }
  }
}
