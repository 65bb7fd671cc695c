// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import RTC

@Suite struct SecondSearchTests {
  static func stamp(_ milliseconds: Int64, era: UInt32 = 0) -> Stamp {
    Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: era), time: .milliseconds(1_000_000 + milliseconds),
      raw: RawInstant(nanoseconds: milliseconds * 1_000_000))
  }

  /// Readings: seconds, and the moment before; each takes a millisecond.
  static func run(_ readings: [(Int64, Int64)], era: (Int) -> UInt32 = { _ in 0 }) -> [SecondSearch.Outcome] {
    var search = SecondSearch()
    return readings.enumerated().map { place, reading in
      search.take(
        reading.0, before: stamp(reading.1, era: era(place)), after: stamp(reading.1 + 1, era: era(place)))
    }
  }

  @Test func theSecondBeginsBetweenTwoReadings() throws {
    let outcomes = Self.run([(9, 0), (9, 100), (10, 200)])
    #expect(outcomes.dropLast().allSatisfy { $0 == .more })
    guard case .found(let edge) = try #require(outcomes.last) else {
      Issue.record("\(outcomes)")
      return
    }
    // Between 100 ms, before the last reading of the old second, and 201 ms.
    #expect(edge.second == .seconds(10) && edge.error == .microseconds(50_500))
    #expect(edge.stamp.time == .microseconds(1_000_150_500) && edge.stamp.raw.nanoseconds == 150_500_000)
  }

  @Test func itStands() {
    let outcomes = Self.run((0..<40).map { (9, $0 * 100) })
    #expect(outcomes.firstIndex(of: .failed(.stopped)).map { (24...27).contains($0) } == true)
  }

  @Test(arguments: [8, 0, 12, Int64.max / 4] as [Int64])
  func itJumps(to seconds: Int64) {
    #expect(Self.run([(9, 0), (9, 100), (seconds, 200)]).last == .failed(.jumped))
  }

  /// Held up, or the clock stepped: the search goes on with the next second.
  @Test func tooFarApartIsNoBeginning() {
    #expect(Self.run([(9, 0), (10, 800)]).last == .more)
    #expect(Self.run([(9, 0), (10, 100)]) { UInt32($0) }.last == .more)
    #expect(Self.run([(9, 0), (30, 21_000)]).last == .more)
  }

  @Test func afterAHoldUpTheNextSecondIsFound() throws {
    guard case .found(let edge) = try #require(Self.run([(9, 0), (10, 800), (10, 1700), (11, 1800)]).last) else {
      Issue.record("no second began")
      return
    }
    #expect(edge.second == .seconds(11) && edge.error == .microseconds(50_500))
  }

  /// It stands only where the same second is shown all the time.
  @Test func heldUpTwiceItDoesNotStand() {
    let outcomes = Self.run([(9, 0), (9, 100), (10, 1000), (10, 1100), (11, 2000), (11, 2100), (11, 2600)])
    #expect(outcomes.allSatisfy { $0 == .more }, "\(outcomes)")
  }

  /// No search is without end, however it goes.
  @Test func itEnds() {
    let quick = Self.run((0..<64).map { (9, $0 * 2) })
    #expect(quick.dropLast().allSatisfy { $0 == .more } && quick.last == .failed(.stopped))
    let slow = Self.run((0..<64).map { ($0, $0 * 1000) })
    #expect(slow.dropLast().allSatisfy { $0 == .more } && slow.last == .failed(.jumped))
  }
}
