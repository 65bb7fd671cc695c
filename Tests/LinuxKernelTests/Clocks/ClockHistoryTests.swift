// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct ClockHistoryTests {
  @Test func aReaderGetsWhatWasPublished() {
    var segments = ClockSegments()
    segments.insert(
      ClockSegment(
        raw: RawInstant(nanoseconds: -5), time: TimeInterval(nanoseconds: 1 << 60, subnanoseconds: 9),
        frequency: .partsPerMillion(-12.5), era: ClockEra(rawValue: .max), errorNanoseconds: .max,
        since: RawInstant(nanoseconds: -900)))
    let history = ClockHistory()
    var reader = ClockHistoryReader(history)
    history.publish(segments)
    let seen1 = reader.refresh()
    #expect(seen1)
    #expect(reader.segments.count == 1)
    #expect(reader.segments[0] == segments[0])
    let seen2 = reader.refresh()
    #expect(!seen2)
  }

  @Test func theLastEraIsThatOfTheNewestSegment() {
    let history = ClockHistory()
    #expect(history.lastEra == ClockEra(rawValue: 0))
    var segments = ClockSegments()
    for era in 1...UInt32(ClockSegments.capacity) + 3 {
      segments.insert(
        ClockSegment(
          raw: RawInstant(nanoseconds: Int64(era)), time: .zero, frequency: .zero, era: ClockEra(rawValue: era)))
      history.publish(segments)
      #expect(history.lastEra == ClockEra(rawValue: era))
      #expect(history.lastEra == segments.last?.era)
    }
  }

  @Test func noReaderSeesHalfOfAChange() {
    // Every published state is marked by one number in all its fields: a torn copy would mix two.
    let history = ClockHistory()
    do {
      let torn = Mutex(0), seen = Mutex(0)
      let flag = UnsafeFlag()
      let thread = try? RoleThread(RoleThreadOptions(name: "reader")) {
        var reader = ClockHistoryReader(history)
        while !flag.isSet {
          guard reader.refresh() else { continue }
          seen.withLock { $0 += 1 }
          let mark = reader.segments[0].raw.nanoseconds
          for i in 0..<reader.segments.count {
            let segment = reader.segments[i]
            if segment.time.nanoseconds != mark || segment.era.rawValue != UInt32(mark) {
              torn.withLock { $0 += 1 }
            }
          }
        }
      }
      for mark in 1...20_000 {
        var segments = ClockSegments()
        for _ in 0..<ClockSegments.capacity {
          segments.insert(
            ClockSegment(
              raw: RawInstant(nanoseconds: Int64(mark)), time: TimeInterval(nanoseconds: Int64(mark)),
              frequency: .zero, era: ClockEra(rawValue: UInt32(mark))))
        }
        history.publish(segments)
      }
      flag.set()
      thread?.join()
      #expect(torn.withLock { $0 } == 0)
      #expect(seen.withLock { $0 } > 0)
    }
  }
}

final class UnsafeFlag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
