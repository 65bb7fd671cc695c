// SPDX-License-Identifier: Apache-2.0

import ReferenceWire
import Testing
import TimeTypes

@testable import GNSS

/// A receiver that means well.
@Suite struct ReceiverTests {
  @Test func oneSampleForEachSecond() throws {
    var driver = ReceiverDriver()
    driver.run(0..<20)
    // The first three show that it goes on evenly.
    #expect(driver.samples.count == 20 - TimeJudge.toBegin + 1)
    #expect(driver.errors.allSatisfy { $0 == 0 }, "\(driver.errors)")
    #expect(driver.news == [.trusted(moved: nil)])
    let sample = try #require(driver.samples.last)
    #expect(sample.leap == .none && sample.taiOffset == nil && sample.poll == 0 && !sample.isPulse)
    #expect(driver.receiver.isBelieved && driver.receiver.counters.damaged == 0)
  }

  @Test func theFirstByteOfTheFirstSentenceCounts() {
    var options = ReceiverOptions()
    options.delay = .milliseconds(120)
    var driver = ReceiverDriver(options)
    driver.run(0..<10, late: 120_000_000)
    #expect(driver.samples.count == 7 && driver.errors.allSatisfy { $0 == 0 })
    #expect(driver.samples.allSatisfy { $0.dispersion >= 1_000_000 && $0.dispersion < 2_000_000 })
    // Nobody said how late it is: the error is within what it calls itself wrong.
    driver = ReceiverDriver()
    driver.run(0..<10, late: 120_000_000)
    #expect(driver.errors.allSatisfy { $0 == -120_000_000 })
    #expect(driver.samples.allSatisfy { $0.dispersion >= 500_000_000 })
  }

  @Test func sentencesWithoutADateUseTheLastOne() {
    var driver = ReceiverDriver(start: ReceiverDriver.moment(2027, 2, 28, 23, 59, 55))
    for count in 0..<10 as Range<Int64> {
      // GGA comes first: at midnight it tells the next day's time before the date is told.
      let utc = driver.start + count * ReceiverDriver.second
      driver.sentence(ReceiverDriver.gga(utc), at: utc)
      driver.sentence(ReceiverDriver.rmc(utc), at: utc + 50_000_000)
    }
    // The first second has only its RMC, which is 50 ms late; then GGA is the first of each.
    #expect(driver.samples.count == 10 - TimeJudge.toBegin + 1 - 1, "\(driver.news)")
    #expect(driver.errors.allSatisfy { $0 == 0 }, "\(driver.errors)")
    var undated = ReceiverDriver()
    for count in 0..<10 as Range<Int64> {
      let utc = undated.start + count * ReceiverDriver.second
      undated.sentence(ReceiverDriver.gga(utc), at: utc)
    }
    #expect(undated.samples.isEmpty && undated.news.isEmpty)
  }

  @Test func onlyTheWantedSentencesTellTheTime() {
    var options = ReceiverOptions()
    options.sentences = .zda
    var driver = ReceiverDriver(options)
    driver.run(0..<10)
    #expect(driver.samples.count == 7 && driver.errors.allSatisfy { $0 == -80_000_000 })
  }

  @Test func fiveFixesASecondAreOneSample() {
    var driver = ReceiverDriver()
    for step in 0..<50 as Range<Int64> {
      let utc = driver.start + step * 200_000_000
      let (_, time) = ReceiverDriver.civil(utc)
      let clock =
        "\(ReceiverDriver.digits(time.0, 2))\(ReceiverDriver.digits(time.1, 2))\(ReceiverDriver.digits(time.2, 2))"
      driver.sentence("GPRMC,\(clock).\(step % 5 * 2)0,A,,,,,,,211126,,,A", at: utc)
    }
    #expect(driver.samples.count == 7 && driver.errors.allSatisfy { $0 == 0 })
  }

  @Test func uBloxFramesAsWell() {
    var driver = ReceiverDriver()
    for count in 0..<10 as Range<Int64> {
      let utc = driver.start + count * ReceiverDriver.second
      // The second is rounded up, and the fraction is negative.
      driver.line(UBXFrames.fix(utc, nanoseconds: -250), at: utc)
      driver.line(UBXFrames.leap(seconds: 18, change: 0), at: utc + 1_000_000)
    }
    #expect(driver.samples.count == 7 && driver.errors.allSatisfy { $0 == -250 }, "\(driver.errors)")
    #expect(driver.samples.last?.taiOffset == 37 && driver.samples.last?.precision == -9)
  }

  @Test func howLateItIsIsLearnedFromOthers() throws {
    var options = ReceiverOptions()
    options.learnsDelay = true
    var driver = ReceiverDriver(options)
    // The clock follows nobody: what it shows says nothing.
    driver.clockError = 30_000_000
    driver.run(0..<60, late: 200_000_000)
    #expect(driver.receiver.learner.delay == nil && driver.samples.allSatisfy { $0.dispersion >= 500_000_000 })
    driver.clockError = 0
    driver.view = .init(followsOthers: true, bound: 50_000)
    driver.forget()
    driver.run(60..<90, late: 200_000_000)
    #expect(driver.news == [.learned(delay: .milliseconds(200))])
    #expect(driver.errors.last == 0)
    let dispersion = try #require(driver.samples.last?.dispersion)
    #expect(dispersion >= 1_050_000 && dispersion < 2_000_000)
    // It is held when the others are gone, whatever the clock does then.
    driver.view = .init()
    driver.clockError = 70_000_000
    driver.run(90..<120, late: 200_000_000)
    #expect(driver.receiver.learner.delay == .milliseconds(200) && driver.errors.last == 0)
  }

  @Test func pulsesMakeSerialTimeSuperfluous() throws {
    var driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> {
      let utc = driver.start + count * ReceiverDriver.second
      let seconds = utc / ReceiverDriver.second
      try driver.gpsd(
        #"{"class":"PPS","real_sec":\#(seconds),"real_nsec":0,"clock_sec":\#(seconds),"clock_nsec":300,"precision":-20}"#,
        at: utc + 2_000_000)
      let (date, time) = ReceiverDriver.civil(utc)
      let text =
        "\(date.0)-\(ReceiverDriver.digits(date.1, 2))-\(ReceiverDriver.digits(date.2, 2))T\(ReceiverDriver.digits(time.0, 2)):"
        + "\(ReceiverDriver.digits(time.1, 2)):\(ReceiverDriver.digits(time.2, 2)).000Z"
      try driver.gpsd(#"{"class":"TPV","mode":3,"time":"\#(text)"}"#, at: utc + 130_000_000)
    }
    #expect(driver.samples.count == 17 && driver.samples.allSatisfy { $0.isPulse && $0.dispersion < 1000 })
    #expect(driver.errors.allSatisfy { $0 == -300 }, "\(driver.errors)")
  }

  @Test func serialTimeOfGPSDByItsOwnStamps() throws {
    var driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> {
      let utc = driver.start + count * ReceiverDriver.second
      let seconds = utc / ReceiverDriver.second
      try driver.gpsd(
        #"{"class":"TOFF","real_sec":\#(seconds),"real_nsec":0,"clock_sec":\#(seconds),"clock_nsec":120000000}"#,
        at: utc + 135_000_000)
    }
    #expect(driver.samples.count == 17 && driver.errors.allSatisfy { $0 == -120_000_000 })
  }

  @Test func segmentsAndDatagrams() {
    var driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> {
      let utc = driver.start + count * ReceiverDriver.second
      driver.segment(at: utc, clock: utc + 7_000)
    }
    #expect(driver.samples.count == 17 && driver.errors.allSatisfy { $0 == 7_000 })
    #expect(driver.samples.allSatisfy { $0.dispersion == 1_000_000_000 >> 20 })
    driver = ReceiverDriver()
    for count in 0..<20 as Range<Int64> {
      let utc = driver.start + count * 16 * ReceiverDriver.second
      // The fraction alone: which second it is comes from the clock, and then from what was foretold.
      driver.pulse(at: utc + 5_000, ahead: -5_000, isFraction: true)
      // One that speaks seldom is not silent between.
      for later in 1..<16 as Range<Int64> where count > 0 { driver.tick(at: utc + later * ReceiverDriver.second) }
    }
    #expect(driver.samples.count == 17 && driver.errors.allSatisfy { $0 == -5_000 })
    #expect(driver.samples.last?.poll == 4 && driver.news == [.trusted(moved: nil)])
  }

  @Test func moreThanAReceiverTellsIsNotLookedAt() {
    var driver = ReceiverDriver()
    for count in 0..<10_000 as Range<Int64> {
      let utc = driver.start + count * 1_000_000
      driver.pulse(at: utc, ahead: 0)
    }
    #expect(driver.samples.count <= 10 * 17)
  }
}

/// u-blox frames with their checksums.
enum UBXFrames {
  static func frame(_ kind: UInt16, _ payload: [UInt8]) -> [UInt8] {
    let body = [UInt8(kind >> 8), UInt8(kind & 255), UInt8(payload.count & 255), UInt8(payload.count >> 8)] + payload
    var (a, b): (UInt8, UInt8) = (0, 0)
    for byte in body {
      a &+= byte
      b &+= a
    }
    return [0xb5, 0x62] + body + [a, b]
  }

  static func put(_ value: Int64, _ count: Int, at offset: Int, in payload: inout [UInt8]) {
    for index in 0..<count { payload[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * Int64(index))) }
  }

  /// NAV-PVT.
  static func fix(
    _ moment: Int64, nanoseconds: Int64 = 0, type: UInt8 = 3, valid: UInt8 = 7, accuracy: Int64 = 25
  ) -> [UInt8] {
    let (date, time) = ReceiverDriver.civil(moment)
    var payload = [UInt8](repeating: 0, count: 92)
    put(Int64(date.0), 2, at: 4, in: &payload)
    payload.replaceSubrange(6..<12, with: [date.1, date.2, time.0, time.1, time.2].map { UInt8($0) } + [valid])
    put(accuracy, 4, at: 12, in: &payload)
    put(nanoseconds, 4, at: 16, in: &payload)
    (payload[20], payload[23]) = (type, 9)
    return frame(ReceiverReport.ubxFix, payload)
  }

  /// NAV-TIMELS.
  static func leap(seconds: UInt8, change: Int8) -> [UInt8] {
    var payload = [UInt8](repeating: 0, count: 24)
    (payload[9], payload[11], payload[23]) = (seconds, UInt8(bitPattern: change), 3)
    return frame(ReceiverReport.ubxLeap, payload)
  }

  /// NAV-STATUS: 1 none, 2 indicated, 3 by several signs.
  static func spoofing(_ state: UInt8) -> [UInt8] {
    var payload = [UInt8](repeating: 0, count: 16)
    payload[7] = state << 3
    return frame(ReceiverReport.ubxStatus, payload)
  }

  /// MON-HW: 2 good, 3 short, 4 open.
  static func antenna(_ state: UInt8) -> [UInt8] {
    var payload = [UInt8](repeating: 0, count: 60)
    payload[20] = state
    return frame(ReceiverReport.ubxHardware, payload)
  }
}
