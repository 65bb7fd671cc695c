// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct ClockSegmentsTests {
  func raw(_ nanoseconds: Int64) -> RawInstant { RawInstant(nanoseconds: nanoseconds) }

  @Test func keepsOrderWhateverTheOrderOfInsertion() {
    var segments = ClockSegments()
    for start: Int64 in [30, 10, 20] {
      segments.insert(
        ClockSegment(
          raw: raw(start), time: TimeInterval(nanoseconds: start), frequency: .zero, era: ClockEra(rawValue: 0)))
    }
    #expect((0..<segments.count).map { segments[$0].raw.nanoseconds } == [10, 20, 30])
  }

  @Test func dropsTheOldestWhenFull() {
    var segments = ClockSegments()
    let total = ClockSegments.capacity + 5
    for i in 0..<total {
      segments.insert(
        ClockSegment(raw: raw(Int64(i)), time: .zero, frequency: .zero, era: ClockEra(rawValue: 0)))
    }
    #expect(segments.count == ClockSegments.capacity)
    #expect(segments[0].raw.nanoseconds == Int64(total - ClockSegments.capacity))
    #expect(segments.last?.raw.nanoseconds == Int64(total - 1))
  }

  @Test func aStepBackIsResolvedByTheWindow() throws {
    // 0 s on: shows 100 s; at raw 10 s stepped back by 5 s.
    var segments = ClockSegments()
    let second: Int64 = 1_000_000_000
    segments.insert(
      ClockSegment(raw: raw(0), time: .seconds(100), frequency: .zero, era: ClockEra(rawValue: 0)))
    segments.insert(
      ClockSegment(raw: raw(10 * second), time: .seconds(105), frequency: .zero, era: ClockEra(rawValue: 1)))
    // 107 s was shown at raw 7 s and again at raw 12 s.
    let early = try #require(segments.pair(of: .seconds(107), notBefore: raw(6 * second), notAfter: raw(8 * second)))
    #expect(early.pair.raw == raw(7 * second))
    #expect(early.era.rawValue == 0)
    let late = try #require(segments.pair(of: .seconds(107), notBefore: raw(11 * second), notAfter: raw(13 * second)))
    #expect(late.pair.raw == raw(12 * second))
    #expect(late.era.rawValue == 1)
    // With a window over both the later one is taken.
    let open = try #require(segments.pair(of: .seconds(107), notBefore: raw(0), notAfter: raw(20 * second)))
    #expect(open.pair.raw == raw(12 * second))
  }

  @Test func aTimeThatNeverWasFitsTheEdgeAndSaysHowBadly() throws {
    var segments = ClockSegments()
    let second: Int64 = 1_000_000_000
    segments.insert(ClockSegment(raw: raw(0), time: .zero, frequency: .zero, era: ClockEra(rawValue: 0)))
    segments.insert(
      ClockSegment(raw: raw(10 * second), time: .seconds(20), frequency: .zero, era: ClockEra(rawValue: 1)))
    // The clock jumped from 10 s to 20 s; 12 s was never shown.
    let found = try #require(segments.pair(of: .seconds(12), notBefore: raw(0), notAfter: raw(30 * second)))
    #expect(found.pair.raw == raw(10 * second))
    #expect(found.pair.errorNanoseconds >= UInt32(2 * second))
  }

  @Test func bothDirectionsAgree() throws {
    var segments = ClockSegments()
    segments.insert(
      ClockSegment(raw: raw(500), time: .seconds(50), frequency: .partsPerMillion(80_000), era: ClockEra(rawValue: 0)))
    let at = raw(123_456_789)
    let shown = try #require(segments.pair(at: at))
    let back = try #require(segments.pair(of: shown.pair.time, notBefore: raw(0), notAfter: raw(1_000_000_000)))
    #expect((back.pair.raw - at).magnitude <= TimeInterval(nanoseconds: 0, subnanoseconds: 64))
  }
}
