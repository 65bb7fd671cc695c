// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import ReferenceWire

/// What comes from outside, damaged at random: never a trap. TOMPION_FUZZ_RUNS sets how often (10^7 in `./Tools/test fuzz`).
@Suite struct FuzzTests {
  static let runs = ProcessInfo.processInfo.environment["TOMPION_FUZZ_RUNS"].flatMap { Int($0) } ?? 50_000

  /// The corpus of a parser, and how it is called; true = it took the input.
  enum Parser: String, CaseIterable {
    case nmea, ubx, gpsd, shm, sock

    var corpus: [[UInt8]] {
      switch self {
      case .nmea:
        [
          "GPRMC,123519.25,A,4807.038,N,01131.000,E,022.4,084.4,230326,003.1,W,A", "GPZDA,235960.00,31,12,2016,00,00",
          "GPGGA,123519.,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,", "GLGLL,4916.45,N,12311.12,W,225444,A,A",
        ].map(NMEASentenceTests.sentence)
      case .ubx:
        [UBXMessageTests.frame(ReceiverReport.ubxFix, UBXMessageTests.fix())]
          + [0x0103, 0x0120, 0x0126, 0x0a09].map { UBXMessageTests.frame($0, [UInt8](repeating: 3, count: 60)) }
      case .gpsd:
        [
          #"{"class":"TPV","mode":3,"time":"2026-11-21T18:05:07.250Z","ept":0.005,"a":[{"b":"}"}]}"#,
          #"{"class":"PPS","real_sec":1,"real_nsec":0,"clock_sec":1,"clock_nsec":9,"precision":-20}"#,
        ].map { Array($0.utf8) }
      case .shm: [SharedMemorySegmentTests.bytes()]
      case .sock: [SocketSampleTests.bytes(SocketSampleTests.sample)]
      }
    }

    func takes(_ bytes: [UInt8]) -> Bool {
      switch self {
      case .nmea:
        guard let sentence = try? NMEASentence(bytes.span) else { return false }
        return ReceiverReport(sentence, bytes.span).nanosecondsSince1970 != nil
      case .ubx: return ReceiverReport(ubx: bytes.span) != nil
      case .gpsd: return (try? GPSDReport(bytes.span)) != nil
      case .shm: return (try? SharedMemorySegment(bytes.span)) != nil
      case .sock: return (try? SocketSample(bytes.span)) != nil
      }
    }

    /// Makes the sums right again, so that damage gets beyond them.
    func mend(_ bytes: [UInt8]) -> [UInt8] {
      switch self {
      case .nmea:
        guard bytes.first == 36, let star = bytes.lastIndex(of: 42) else { return bytes }
        return NMEASentenceTests.sentence(String(decoding: bytes[1..<max(1, star)].filter { $0 < 128 }, as: UTF8.self))
      case .ubx where bytes.count >= 8:
        return UBXMessageTests.frame(UInt16(bytes[2]) << 8 | UInt16(bytes[3]), Array(bytes[6..<bytes.count - 2]))
      default: return bytes
      }
    }
  }

  @Test(arguments: Parser.allCases) func nothingTraps(parser: Parser) {
    var random = SeededGenerator(seed: 0x5eed)
    let corpus = parser.corpus
    var taken = 0
    for run in 0..<Self.runs {
      var bytes = corpus[run % corpus.count]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
        case 2 where place < bytes.count: bytes.remove(at: place)
        default: bytes.insert(.random(in: 0...255, using: &random), at: place)
        }
      }
      if Bool.random(using: &random) { bytes = parser.mend(bytes) }
      if parser.takes(bytes) { taken += 1 }
    }
    print("fuzz \(parser.rawValue): \(Self.runs) executions, \(taken) taken")
    // Both ways are gone.
    #expect(taken > Self.runs / 20 && taken < Self.runs, "\(taken) of \(Self.runs) were taken")
  }
}
