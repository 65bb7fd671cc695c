// SPDX-License-Identifier: Apache-2.0

import ReferenceWire
import Testing
import TimeTypes

@testable import GNSS

/// A receiver that lies or fails, row by row: nothing wrong is ever published, and it is believed again after it went on evenly.
@Suite struct ReceiverFaultTests {
  private static let second = ReceiverDriver.second

  /// Twenty good seconds, and then what the fault makes of the next ones.
  private func ran(
    _ options: ReceiverOptions = ReceiverOptions(), start: Int64 = ReceiverDriver.today, faulty: Int64 = 20,
    after: Int64 = 0, told: (Int64) -> Int64
  ) -> ReceiverDriver {
    var driver = ReceiverDriver(options, start: start)
    driver.run(0..<20)
    #expect(driver.samples.count == 17)
    driver.forget()
    driver.run(20..<20 + faulty) { utc in told(utc - start) + start }
    if after > 0 { driver.run(20 + faulty..<20 + faulty + after) }
    return driver
  }

  private func reasons(_ driver: ReceiverDriver) -> [Refusal] {
    driver.news.compactMap { if case .refused(let reason, _) = $0 { reason } else { nil } }
  }

  @Test func timeThatStandsStill() {
    let driver = ran(after: 30) { _ in 19 * Self.second }
    #expect(reasons(driver) == [.frozen])
    #expect(driver.samples.count == 30 - TimeJudge.toReturn + 1 && driver.errors.allSatisfy { $0 == 0 })
    #expect(driver.receiver.counters[.frozen] == 20)
    #expect(driver.news.last == .trusted(moved: nil))
  }

  /// GGA has no date: while the dates that are told cannot be, that of before is not lent to it.
  @Test func aDateThatCannotBe() {
    var driver = ReceiverDriver()
    driver.run(0..<30)
    driver.forget()
    driver.run(30..<90, told: { $0 + WeekRollover.period })
    #expect(driver.samples.isEmpty && reasons(driver) == [.date])
  }

  @Test func pulsesThatStandStill() {
    var driver = ReceiverDriver()
    for count in 0..<60 as Range<Int64> {
      let utc = driver.start + count * Self.second
      // The local clock is told to a microsecond: the moment that stands is a little different each time.
      let stands = count < 20 ? 0 : driver.start + 19 * Self.second - utc + count * 37 % 1000
      driver.pulse(at: utc, ahead: stands)
    }
    #expect(driver.samples.count == 17 && reasons(driver) == [.frozen])
  }

  @Test func timeThatRunsBackward() {
    let driver = ran(after: 30) { 38 * Self.second - $0 }
    #expect(reasons(driver).contains(.backward))
    #expect(driver.samples.count == 30 - TimeJudge.toReturn + 1 && driver.errors.allSatisfy { $0 == 0 })
  }

  @Test func rampOfASecondASecond() {
    let driver = ran(faulty: 600, after: 30) { 2 * $0 - 19 * Self.second }
    #expect(reasons(driver) == [.jump, .rate], "a jump first, and then a clock of another rate, said once")
    #expect(driver.receiver.counters[.rate] >= 598)
    #expect(driver.samples.count == 30 - TimeJudge.toReturn + 1 && driver.errors.allSatisfy { $0 == 0 })
  }

  @Test func jumpOfFiftyMilliseconds() {
    // As serial time, in its arrival.
    var driver = ReceiverDriver()
    driver.run(0..<20)
    driver.forget()
    driver.run(20..<50, late: 50_000_000)
    #expect(driver.samples.isEmpty && reasons(driver) == [.jump])
    driver.run(50..<80)
    #expect(driver.samples.count == 30 - TimeJudge.toReturn + 1 && driver.errors.allSatisfy { $0 == 0 })
    // As pulses.
    driver = ReceiverDriver()
    for count in 0..<90 as Range<Int64> {
      let isFaulty = (30..<60).contains(count)
      driver.pulse(at: driver.start + count * Self.second, ahead: isFaulty ? 50_000_000 : 0)
    }
    #expect(driver.samples.count == 27 + 30 - TimeJudge.toReturn + 1 && driver.errors.allSatisfy { $0 == 0 })
    #expect(reasons(driver) == [.jump])
  }

  @Test func aJumpThatStaysIsFollowedInTheEnd() {
    var driver = ReceiverDriver()
    for count in 0..<200 as Range<Int64> {
      driver.pulse(at: driver.start + count * Self.second, ahead: count < 30 ? 0 : 50_000_000)
    }
    let moves = driver.news.compactMap { if case .trusted(let moved?) = $0 { moved } else { nil } }
    #expect(moves.count == 1 && abs(moves[0].inSeconds - 0.05) < 1e-6)
    // The first of the new line is refused, and 60 in all have to agree.
    #expect(driver.errors.count { $0 != 0 } == 170 - TimeJudge.toMove + 1)
  }

  @Test func aClockThatJumpsToAndFroIsNeverBelieved() {
    var driver = ReceiverDriver()
    driver.run(0..<20)
    driver.forget()
    driver.run(21..<400) { $0 + ($0 / Self.second % 3 == 0 ? 3600 * Self.second : 0) }
    #expect(driver.samples.isEmpty)
    // Nor at the start.
    driver = ReceiverDriver()
    driver.run(0..<400) { $0 + ($0 / Self.second % 3 == 0 ? 3600 * Self.second : 0) }
    #expect(driver.samples.isEmpty)
  }

  @Test func maxJumpIsTheOperatorsToSet() {
    var options = ReceiverOptions()
    options.maximumJump = .milliseconds(100)
    var driver = ReceiverDriver(options)
    driver.run(0..<20)
    driver.run(20..<30, late: 50_000_000)
    #expect(driver.samples.count == 27)
    options.maximumJump = .milliseconds(2)
    driver = ReceiverDriver(options)
    driver.run(0..<20)
    driver.run(20..<30, late: 5_000_000)
    #expect(driver.samples.count == 17 && reasons(driver) == [.jump])
  }

  /// A firmware that is older than the 1024 weeks: from the rollover on it tells the date of 1024 weeks ago.
  @Test(arguments: [(1999, 8, 22), (2019, 4, 7), (2038, 11, 21)])
  func weekRollover(day: (Int, Int, Int)) {
    let rollover = ReceiverDriver.moment(day.0, day.1, day.2)
    var options = ReceiverOptions()
    options.pivot = rollover - 100 * 86_400 * Self.second
    var driver = ReceiverDriver(options, start: rollover - 10 * Self.second)
    driver.run(0..<20) { $0 < rollover ? $0 : $0 - WeekRollover.period }
    #expect(driver.samples.count == 17 && driver.errors.allSatisfy { $0 == 0 }, "\(driver.errors)")
    #expect(driver.news == [.trusted(moved: nil), .rollover(weeks: 1024)])
  }

  @Test func manyWeeksOff() {
    // 1024 weeks too early, all the time.
    var driver = ReceiverDriver()
    driver.run(0..<20) { $0 - WeekRollover.period }
    #expect(driver.samples.count == 17 && driver.errors.allSatisfy { $0 == 0 })
    #expect(driver.news.first == .rollover(weeks: 1024))
    // 1024 weeks too late: nobody can tell.
    driver = ReceiverDriver()
    driver.run(0..<20) { $0 + WeekRollover.period }
    #expect(driver.samples.isEmpty && driver.news == [.refused(.date, by: .zero)])
    // A day too late, from one second to the next.
    driver = ran { $0 + 86_400 * Self.second }
    #expect(driver.samples.isEmpty && reasons(driver) == [.jump])
    // As from a gpsd that got it wrong, by shared memory.
    driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> {
      let utc = driver.start + count * Self.second
      driver.segment(at: utc, clock: utc - WeekRollover.period)
    }
    #expect(driver.samples.count == 17 && driver.errors.allSatisfy { $0 == 0 })
  }

  @Test func noFix() {
    var driver = ReceiverDriver()
    driver.run(0..<20)
    driver.forget()
    for count in 20..<40 as Range<Int64> {
      let utc = driver.start + count * Self.second
      driver.burst(utc, at: utc, valid: false)
    }
    #expect(driver.samples.isEmpty && driver.news == [.unfit(.noFix)] && driver.receiver.unfitness == .noFix)
    driver.run(40..<60)
    // What it says next has to show itself again, but not for long.
    #expect(driver.samples.count == 20 - TimeJudge.toBegin + 1 && driver.news.last == .trusted(moved: nil))
  }

  @Test(arguments: [(UInt8(4), Unfitness.antennaOpen), (3, .antennaShort)])
  func antennaLost(state: UInt8, reason: Unfitness) {
    var driver = ReceiverDriver()
    for count in 0..<40 as Range<Int64> {
      let utc = driver.start + count * Self.second
      driver.line(UBXFrames.fix(utc), at: utc)
      driver.line(UBXFrames.antenna(count < 20 ? 2 : state), at: utc + 10_000_000)
      if count == 19 { driver.forget() }
    }
    // The fix goes on by itself for a while, and is not believed.
    #expect(driver.samples.isEmpty || driver.samples.count == 1)
    #expect(driver.news == [.unfit(reason)])
  }

  @Test func spoofing() {
    var driver = ReceiverDriver()
    for count in 0..<60 as Range<Int64> {
      let utc = driver.start + count * Self.second
      driver.line(UBXFrames.spoofing(count < 20 || count >= 40 ? 1 : 2), at: utc - 10_000_000)
      driver.line(UBXFrames.fix(utc), at: utc)
    }
    #expect(driver.news == [.trusted(moved: nil), .unfit(.spoofed), .trusted(moved: nil)])
    #expect(driver.samples.count == 17 + 17)
  }

  @Test func aFixThatIsNotEnough() {
    var options = ReceiverOptions()
    options.minimumFix = .full
    var driver = ReceiverDriver(options)
    for count in 0..<40 as Range<Int64> {
      let utc = driver.start + count * Self.second
      driver.sentence("GPGSA,A,\(count < 20 ? 2 : 3),04,05,,09,12,,,24,,,,,2.5,1.3,2.1", at: utc - 500_000_000)
      driver.burst(utc, at: utc)
    }
    #expect(driver.news == [.unfit(.poorFix), .trusted(moved: nil)] && driver.samples.count == 17)
  }

  @Test func timeThatCallsItselfInaccurate() {
    var driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> {
      let utc = driver.start + count * Self.second
      driver.line(UBXFrames.fix(utc, accuracy: 0xffff_ffff), at: utc)
    }
    #expect(driver.samples.isEmpty && driver.news == [.unfit(.inaccurate)])
  }

  @Test func aWriterWithoutTimeOfItsOwn() {
    var driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> { driver.pulse(at: driver.start + count * Self.second, ahead: 0, leap: 3) }
    #expect(driver.samples.isEmpty && driver.news == [.unfit(.unsynchronized)])
  }

  @Test func silence() {
    var driver = ReceiverDriver()
    driver.run(0..<20)
    driver.forget()
    for count in 20..<40 as Range<Int64> { driver.tick(at: driver.start + count * Self.second) }
    #expect(driver.news == [.unfit(.silent)])
    driver.run(40..<60)
    #expect(driver.samples.count == 17 && driver.receiver.unfitness == nil)
  }

  /// What comes and cannot be read is not called silence; the rest of a message that was cut off is no sign of more.
  @Test func whatCannotBeRead() {
    var driver = ReceiverDriver()
    driver.run(0..<20)
    driver.forget()
    driver.damaged(at: driver.start + 19 * Self.second + 200_000_000)
    for count in 20..<40 as Range<Int64> { driver.tick(at: driver.start + count * Self.second) }
    #expect(driver.news == [.unfit(.silent)])
    for count in 40..<60 as Range<Int64> {
      driver.damaged(at: driver.start + count * Self.second)
      driver.tick(at: driver.start + count * Self.second)
    }
    #expect(driver.news == [.unfit(.silent), .unfit(.unreadable)] && driver.receiver.unfitness == .unreadable)
    for count in 60..<400 as Range<Int64> { driver.tick(at: driver.start + count * Self.second) }
    #expect(driver.receiver.unfitness == .silent, "nothing came for five minutes")
    driver.run(400..<420)
    #expect(driver.samples.count == 17 && driver.receiver.unfitness == nil)
  }
}
