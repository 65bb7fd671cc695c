// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct StampLineTests {
  /// Readings of a clock that is slewed, and stepped now and then.
  static func history(_ generator: inout SeededGenerator) -> ClockSegments {
    var segments = ClockSegments()
    var raw: Int64 = 1_000_000_000_000
    var time: Int64 = 1_800_000_000_000_000_000
    var era: UInt32 = 0
    for _ in 0..<Int.random(in: 2...40, using: &generator) {
      let elapsed = Int64.random(in: 1_000...80_000_000, using: &generator)
      let rate = Double.random(in: -0.0005...0.0005, using: &generator)
      raw += elapsed
      time += elapsed + Int64(Double(elapsed) * rate)
      var since = RawInstant(nanoseconds: raw)
      if Int.random(in: 0..<10, using: &generator) == 0 {
        era += 1
        time += Int64.random(in: -2_000_000_000...2_000_000_000, using: &generator)
        since = RawInstant(nanoseconds: raw - elapsed)
      }
      segments.insert(
        ClockSegment(
          raw: RawInstant(nanoseconds: raw), time: TimeInterval(nanoseconds: time),
          frequency: Frequency(ratio: rate), era: ClockEra(rawValue: era), errorNanoseconds: 40, since: since))
    }
    return segments
  }

  @Test func saysWhatTheSearchWouldSay() throws {
    var generator = SeededGenerator(seed: 0x11e)
    var found = 0
    for _ in 0..<3_000 {
      let segments = Self.history(&generator)
      let last = try #require(segments.last)
      let notBefore = last.raw - .nanoseconds(Int64.random(in: 0...200_000_000, using: &generator))
      guard let line = StampLine(segments.recent, notAfter: last.raw, older: Bool.random(using: &generator)) else {
        continue
      }
      for _ in 0..<8 {
        let realtime = last.time.nanoseconds - Int64.random(in: -1_000_000...150_000_000, using: &generator)
        guard let stamp = line.stamp(realtime: realtime, notBefore: notBefore) else { continue }
        found += 1
        let searched = try #require(
          segments.pair(of: TimeInterval(nanoseconds: realtime), notBefore: notBefore, notAfter: last.raw))
        #expect(stamp.raw == searched.pair.raw && stamp.era == searched.era)
        #expect(stamp.time == searched.pair.time && stamp.errorNanoseconds == searched.pair.errorNanoseconds)
        #expect(stamp.kind == .kernel && stamp.clock == .system)
      }
    }
    #expect(found > 1_000, "the line is of use")
  }

  @Test func thereIsNoneAcrossAStep() throws {
    var segments = ClockSegments()
    func reading(_ raw: Int64, _ time: Int64, _ era: UInt32) -> ClockSegment {
      ClockSegment(
        raw: RawInstant(nanoseconds: raw), time: TimeInterval(nanoseconds: time), frequency: .zero,
        era: ClockEra(rawValue: era))
    }
    segments.insert(reading(1_000, 1_000, 0))
    #expect(StampLine(segments.recent, notAfter: RawInstant(nanoseconds: 1_000)) == nil, "one reading is no line")
    segments.insert(reading(2_000, 2_000, 0))
    let line = try #require(StampLine(segments.recent, notAfter: RawInstant(nanoseconds: 2_000)))
    #expect(line.reaches(realtime: 1_999) && !line.reaches(realtime: 2_000), "what is later takes a later reading")
    #expect(line.stamp(realtime: 2_000, notBefore: RawInstant(nanoseconds: 0)) == nil)
    segments.insert(reading(3_000, 9_000, 1))
    #expect(StampLine(segments.recent, notAfter: RawInstant(nanoseconds: 3_000)) == nil)
  }
}

extension TimeInterval {
  fileprivate static func nanoseconds(_ count: Int64) -> TimeInterval { TimeInterval(nanoseconds: count) }
}
