// SPDX-License-Identifier: Apache-2.0

import ReferenceWire
import Testing

@testable import Simulation

/// What simulated receivers write is read by the parsers of the real ones.
@Suite struct ReceiverWordsTests {
  /// 2027-06-30 23:59:58.
  static let told: Int64 = 1_814_399_998_000_000_000

  private func second(isLeapSecond: Bool = false) -> ReceiverSecond {
    var second = ReceiverSecond(told: Self.told + (isLeapSecond ? 1_000_000_000 : 0))
    second.isLeapSecond = isLeapSecond
    return second
  }

  private func messages(_ bytes: [UInt8]) -> [ReceiverReport] {
    var stream = ReceiverStream()
    var reports: [ReceiverReport] = []
    for byte in bytes {
      switch stream.take(byte) {
      case .sentence?:
        if let report = stream.withMessage({ Self.sentence($0) }) { reports.append(report) }
      case .frame?:
        if let report = stream.withMessage({ ReceiverReport(ubx: $0) }) { reports.append(report) }
      case nil: break
      }
    }
    return reports
  }

  private static func sentence(_ text: Span<UInt8>) -> ReceiverReport? {
    do throws(NMEASentence.Fault) {
      let sentence = try NMEASentence(text)
      return ReceiverReport(sentence, text)
    } catch {
      return nil
    }
  }

  private static func line(_ bytes: [UInt8]) throws(GPSDReport.Fault) -> GPSDReport {
    let text = Array(bytes.dropLast(2))
    return try GPSDReport(text.span)
  }

  @Test func sentences() {
    let reports = messages(ReceiverText.nmea(second()))
    #expect(reports.count == 3 && reports.compactMap(\.nanosecondsSince1970) == [Self.told, Self.told])
    #expect(reports[1].time == reports[0].time && reports[1].quality == 1 && reports[0].isValid == true)
    let leap = messages(ReceiverText.nmea(second(isLeapSecond: true)))
    #expect(leap.allSatisfy { $0.time?.isLeapSecond == true })
    var lost = second()
    lost.isValid = false
    #expect(messages(ReceiverText.nmea(lost)).compactMap(\.isValid) == [false, false])
  }

  @Test func frames() {
    var told = second()
    (told.leapChange, told.hasAntenna, told.isSpoofed) = (-1, false, true)
    let reports = messages(ReceiverFrames.ubx(told))
    #expect(reports.count == 4 && reports[3].nanosecondsSince1970 == Self.told && reports[3].isValid == true)
    #expect(reports[0].antenna == .open && reports[1].isSpoofed == true && reports[2].leapChange == -1)
    #expect(messages(ReceiverFrames.ubx(second())).prefix(2).map(\.antenna) == [.good, nil])
  }

  @Test func linesOfGPSD() throws {
    guard case .fix(let fix) = try Self.line(ReceiverText.fix(second())) else {
      Issue.record("no fix")
      return
    }
    #expect(fix.nanosecondsSince1970 == Self.told && fix.isValid == true)
    let pulse = try Self.line(ReceiverText.moment("PPS", real: Self.told, clock: 5_000_000_007))
    #expect(pulse == .pulse(real: Self.told, clock: 5_000_000_007, precision: -30))
    let serial = try Self.line(ReceiverText.moment("TOFF", real: 1, clock: 2))
    #expect(serial == .serial(real: 1, clock: 2))
    let greeting = try Self.line(ReceiverText.greeting)
    #expect(greeting == .other)
  }

  @Test func memoryAndDatagrams() throws {
    let memory = ReceiverFrames.memory(clock: Self.told + 7, receive: Self.told - 9, leap: 1, precision: -30)
    let segment = try SharedMemorySegment(memory.span)
    let wanted = SharedMemorySegment(clock: Self.told + 7, receive: Self.told - 9, leap: 1, precision: -30)
    #expect(segment == wanted)
    let datagram = ReceiverFrames.datagram(clock: Self.told + 500, receive: Self.told + 1234, leap: 2)
    let sample = try SocketSample(datagram.span)
    #expect(sample == SocketSample(local: Self.told + 1000, offset: -734, leap: 2))
  }
}
