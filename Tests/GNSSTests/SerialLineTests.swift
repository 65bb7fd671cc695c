// SPDX-License-Identifier: Apache-2.0

import ReferenceWire
import TestSupport
import Testing
import TimeTypes

@testable import GNSS

@Suite struct SerialLineTests {
  private func stamp(_ raw: Int64) -> Stamp {
    Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: 0), time: TimeInterval(nanoseconds: raw),
      raw: RawInstant(nanoseconds: raw))
  }

  /// Each read with its time; what came out, and when each message began.
  private func feed(_ language: SerialLine.Language, _ reads: [([UInt8], Int64)]) -> [(SerialLine.Message, Int64)] {
    var line = SerialLine(language)
    var found: [(SerialLine.Message, Int64)] = []
    for (bytes, raw) in reads {
      for byte in bytes {
        if let message = line.take(byte, at: stamp(raw)), let first = line.first {
          found.append((message, first.raw.nanoseconds))
        }
      }
    }
    return found
  }

  @Test func theFirstByteSaysWhen() {
    let rmc = ReceiverScene.sentence(ReceiverDriver.rmc(ReceiverDriver.today))
    let zda = ReceiverScene.sentence(ReceiverDriver.zda(ReceiverDriver.today))
    // The first comes in three reads, the second begins in the last of them.
    let found = feed(
      .both,
      [(Array(rmc[..<1]), 10), (Array(rmc[1..<30]), 20), (Array(rmc[30...]) + zda[..<5], 30), (Array(zda[5...]), 40)])
    #expect(found.map(\.1) == [10, 30])
    for (message, _) in found {
      guard case .report(let report, _) = message else { return #expect(Bool(false), "\(message)") }
      #expect(report.nanosecondsSince1970 == ReceiverDriver.today)
    }
  }

  @Test func aDamagedByteIsADamagedMessage() {
    var random = SeededGenerator(seed: 7)
    let good = ReceiverScene.sentence(ReceiverDriver.rmc(ReceiverDriver.today))
    for place in 1..<good.count - 5 {
      var bytes = good
      bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      for (message, _) in feed(.both, [(bytes + good, 1)]).dropLast() {
        if case .report = message { #expect(Bool(false), "\(place)") }
      }
      // The next one is whole whatever became of the first.
      guard case .report? = feed(.both, [(bytes + good, 1)]).last?.0 else { return #expect(Bool(false), "\(place)") }
    }
  }

  @Test func oneLanguageAlone() {
    let sentence = ReceiverScene.sentence(ReceiverDriver.rmc(ReceiverDriver.today))
    let frame = UBXFrames.fix(ReceiverDriver.today)
    let other = ReceiverScene.sentence("GPGSV,3,1,11,03,03,111,00,04,15,270,00,06,01,010,00,13,06,292,00")
    #expect(feed(.both, [(sentence + frame + other, 1)]).count == 3)
    #expect(feed(.nmea, [(sentence + frame + other, 1)]).count == 2)
    #expect(feed(.ubx, [(sentence + frame + other, 1)]).count == 1)
    #expect(feed(.both, [(other, 1)]).first?.0 == .other)
    #expect(feed(.both, [(Array(frame.dropLast()) + [frame[frame.count - 1] ^ 1], 1)]).first?.0 == .damaged)
  }

  @Test func linesOfText() {
    var lines = TextLines()
    var found: [(GPSDReport?, Int64)] = []
    func feed(_ text: String, _ raw: Int64) {
      for byte in text.utf8 where lines.take(byte, at: stamp(raw)) {
        found.append((lines.report(), lines.first?.raw.nanoseconds ?? 0))
      }
    }
    feed("{\"class\":", 1)
    feed("\"SKY\"}\r\n\n{\"cl", 2)
    feed("ass\":\"TPV\"}\n", 3)
    #expect(found.map(\.1) == [1, 2] && found[0].0 == .other)
    // Too long: passed over, with whatever else is on that line; the next one is whole.
    found = []
    feed("{\"a\":\"" + String(repeating: "x", count: 20_000) + "\"}\n", 4)
    feed("nonsense\n{\"class\":\"SKY\"}\n", 5)
    #expect(found.count == 2 && found[0].0 == nil && found[1].0 == .other)
  }
}
