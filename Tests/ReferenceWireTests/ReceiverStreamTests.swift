// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ReferenceWire

@Suite struct ReceiverStreamTests {
  /// Every message, and where it began.
  static func cut(_ bytes: [UInt8]) -> [(ReceiverStream.Message, [UInt8], UInt64)] {
    var stream = ReceiverStream()
    var found: [(ReceiverStream.Message, [UInt8], UInt64)] = []
    for byte in bytes {
      guard let message = stream.take(byte) else { continue }
      let text = stream.withMessage { span in (0..<span.count).map { span[$0] } }
      found.append((message, text, stream.start))
    }
    return found
  }

  static let sentence = NMEASentenceTests.sentence("GPZDA,120000,01,02,2026,00,00")
  static let frame = UBXMessageTests.frame(ReceiverReport.ubxFix, UBXMessageTests.fix())

  @Test func sentencesAndFramesInOneLine() {
    let noise: [UInt8] = [0, 255, 65, 13, 10]
    let found = Self.cut(noise + Self.sentence + [13, 10] + Self.frame + Self.sentence + [13, 10] + Self.frame)
    #expect(found.map(\.0) == [.sentence, .frame, .sentence, .frame])
    #expect(found.map(\.1) == [Self.sentence, Self.frame, Self.sentence, Self.frame])
    #expect(found[0].2 == 5 && found[1].2 == UInt64(5 + Self.sentence.count + 2))
  }

  @Test func whatIsCutOffDoesNotHideTheNext() {
    #expect(Self.cut(Array(Self.sentence.prefix(12)) + Self.sentence + [10]).map(\.1) == [Self.sentence])
    #expect(Self.cut(Array(Self.sentence.prefix(12)) + Self.frame).map(\.1) == [Self.frame])
    #expect(Self.cut([0xb5] + Self.sentence + [10]).map(\.1) == [Self.sentence])
    // A length that no frame has.
    #expect(Self.cut([0xb5, 0x62, 1, 7, 0xff, 0xff] + Self.sentence + [10]).map(\.1) == [Self.sentence])
    let long = [UInt8(ascii: "$")] + [UInt8](repeating: 65, count: 500)
    #expect(Self.cut(long + [10] + Self.sentence + [10]).map(\.1) == [Self.sentence])
  }

  @Test func anyBytesAreSurvived() {
    var random = SeededGenerator(seed: 7)
    var stream = ReceiverStream()
    var messages = 0
    for _ in 0..<200_000 {
      // Mostly what means something.
      let byte: UInt8 =
        [36, 0xb5, 0x62, 10, 42, 44, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      guard let message = stream.take(byte) else { continue }
      messages += 1
      stream.withMessage { bytes in
        #expect(bytes.count <= UBXFrame.longestPayload + UBXFrame.overhead)
        if message == .frame { _ = ReceiverReport(ubx: bytes) }
      }
    }
    #expect(messages > 1000 && stream.received == 200_000)
  }
}
