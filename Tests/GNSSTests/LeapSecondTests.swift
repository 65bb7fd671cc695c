// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import GNSS

/// Leap seconds, in either direction and however the receiver tells them.
@Suite struct LeapSecondTests {
  private static let second = ReceiverDriver.second
  private static let midnight = ReceiverDriver.moment(2017, 1, 1)

  private var options: ReceiverOptions {
    var options = ReceiverOptions()
    options.pivot = ReceiverDriver.moment(2016, 1, 1)
    return options
  }

  /// Seconds of real time across an inserted one: `elapsed` counts on, the clock's second is one less after it.
  private func utc(_ elapsed: Int64, inserted: Int64) -> Int64 {
    Self.midnight + (elapsed - (elapsed >= 0 ? inserted : 0)) * Self.second
  }

  @Test func insertedWithItsOwnNumber() {
    var driver = ReceiverDriver(options, start: Self.midnight - 30 * Self.second)
    for elapsed in -30..<30 as Range<Int64> {
      // The counter goes on; the driver's own clock is as it was before, so that errors are of one second after.
      let at = Self.midnight + elapsed * Self.second
      if elapsed == 0 {
        driver.sentence("GPRMC,235960.00,A,,,,,,,311216,,,A", at: at)
      } else {
        driver.sentence(ReceiverDriver.rmc(utc(elapsed, inserted: 1)), at: at)
      }
    }
    #expect(driver.news == [.trusted(moved: nil)], "\(driver.news)")
    // Not within the leap second, but on both sides.
    #expect(driver.samples.count == 60 - TimeJudge.toBegin + 1 - 1)
    #expect(driver.errors == Array(repeating: 0, count: 27) + Array(repeating: -Self.second, count: 29))
  }

  @Test func insertedByTellingASecondTwice() {
    for repeated in [-1, 0] as [Int64] {
      var driver = ReceiverDriver(options, start: Self.midnight - 30 * Self.second)
      for elapsed in -30..<30 as Range<Int64> {
        let told = elapsed > repeated ? elapsed - 1 : elapsed
        driver.sentence(
          ReceiverDriver.rmc(Self.midnight + told * Self.second), at: Self.midnight + elapsed * Self.second)
      }
      // It stands for a second and is believed again soon, without having moved.
      #expect(driver.news.count == 3 && driver.news.last == .trusted(moved: nil), "\(driver.news)")
      #expect(driver.receiver.counters[.frozen] == 1 && driver.receiver.counters[.jump] == 0)
      #expect(driver.errors.suffix(10).allSatisfy { $0 == -Self.second })
    }
  }

  @Test func leftOut() {
    var driver = ReceiverDriver(options, start: Self.midnight - 30 * Self.second)
    for elapsed in -30..<30 as Range<Int64> {
      let told = elapsed >= -1 ? elapsed + 1 : elapsed
      driver.sentence(
        ReceiverDriver.rmc(Self.midnight + told * Self.second), at: Self.midnight + elapsed * Self.second)
    }
    #expect(driver.news == [.trusted(moved: nil)] && driver.samples.count == 57)
    #expect(driver.errors.last == Self.second)
  }

  @Test func aSecondOnAnyOtherDayIsAJump() {
    let start = ReceiverDriver.moment(2017, 3, 1)
    var driver = ReceiverDriver(options, start: start - 30 * Self.second)
    for elapsed in -30..<30 as Range<Int64> {
      let told = elapsed >= 0 ? elapsed - 1 : elapsed
      driver.sentence(ReceiverDriver.rmc(start + told * Self.second), at: start + elapsed * Self.second)
    }
    #expect(driver.samples.count == 27 && driver.errors.allSatisfy { $0 == 0 })
  }

  @Test func announcedOnItsLastDayAlone() {
    for (day, change, leap) in [
      ((2016, 12, 31), Int8(1), LeapIndicator.insert), ((2016, 6, 30), -1, .delete), ((2016, 12, 30), 1, .none),
      ((2016, 11, 21), 1, .none), ((2016, 12, 31), 0, .none), ((2017, 1, 1), 1, .none), ((2016, 9, 30), 1, .none),
    ] {
      let start = ReceiverDriver.moment(day.0, day.1, day.2, 12)
      var driver = ReceiverDriver(options, start: start)
      for count in 0..<6 as Range<Int64> {
        driver.line(UBXFrames.leap(seconds: 17, change: change), at: start + count * Self.second - 100_000_000)
        driver.line(UBXFrames.fix(start + count * Self.second), at: start + count * Self.second)
      }
      #expect(driver.samples.last?.leap == leap && driver.samples.last?.taiOffset == 36, "\(day) \(change)")
    }
  }

  @Test func leapDaysOfAllYears() {
    for year in 1981...2254 {
      #expect(LeapDay.begins(at: ReceiverDriver.moment(year, 1, 1, 0, 0, 59)))
      #expect(LeapDay.begins(at: ReceiverDriver.moment(year, 7, 1)))
      #expect(!LeapDay.begins(at: ReceiverDriver.moment(year, 7, 1, 0, 1)))
      #expect(!LeapDay.begins(at: ReceiverDriver.moment(year, 6, 30, 23, 59, 59)))
      #expect(!LeapDay.begins(at: ReceiverDriver.moment(year, 10, 1)))
    }
  }
}
