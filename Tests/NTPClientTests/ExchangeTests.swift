// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import NTPClient

/// What a sample says when something happens between request and reply.
struct ExchangeTests {
  /// Rounding of two timestamps of 2⁻³² s and of halves.
  private static let resolution = TimeInterval(nanoseconds: 1)
  private static let roundTrip = AssociationDriver.oneWay + AssociationDriver.oneWay
  /// 2036-02-07 06:28:16 UTC, when NTP timestamps begin again: 2³² s after 1900, which is 2208988800 s before 1970.
  private static let rollover = TimeInterval.seconds(4_294_967_296 - 2_208_988_800)

  private func asking() -> AssociationDriver {
    var driver = AssociationDriver()
    driver.start()
    driver.untilRequest()
    return driver
  }

  private func isNear(_ a: TimeInterval, _ b: TimeInterval) -> Bool {
    let difference = a - b
    return difference <= Self.resolution && .zero - difference <= Self.resolution
  }

  @Test func aPlainExchange() throws {
    var driver = asking()
    driver.answer()
    let sample = try #require(driver.samples.first)
    #expect(isNear(sample.offset, driver.serverOffset))
    #expect(isNear(TimeInterval(nanoseconds: sample.delayNanoseconds), Self.roundTrip))
    #expect(isNear(TimeInterval(nanoseconds: sample.turnaroundNanoseconds), AssociationDriver.turnaround))
    #expect(sample.transmitKind == .kernel && sample.receiveKind == .kernel)
  }

  @Test(arguments: [Int64(1), -1, 3_600_000_000_000, -86_400_000_000_000, 37_000_000])
  func aStepBetweenDepartureAndArrival(step: Int64) throws {
    var driver = asking()
    let bytes = driver.reply()
    // The clock is stepped while the packet is away; the server's own stays.
    driver.clock = driver.clock + TimeInterval(nanoseconds: step)
    driver.serverOffset = driver.serverOffset - TimeInterval(nanoseconds: step)
    driver.era = ClockEra(rawValue: 1)
    driver.arrive(bytes)
    let sample = try #require(driver.samples.first)
    #expect(sample.era == driver.era)
    #expect(isNear(sample.offset, driver.serverOffset))
    #expect(isNear(TimeInterval(nanoseconds: sample.delayNanoseconds), Self.roundTrip))
  }

  @Test(arguments: [Int64(-100_000), 100_000, 250_000])
  func aSlewBetweenDepartureAndArrivalLeavesTheDelay(slewed: Int64) throws {
    var driver = asking()
    let bytes = driver.reply()
    driver.clock = driver.clock + TimeInterval(nanoseconds: slewed)
    driver.arrive(bytes)
    let sample = try #require(driver.samples.first)
    #expect(isNear(TimeInterval(nanoseconds: sample.delayNanoseconds), Self.roundTrip))
    // The clock at the middle had half of the slew.
    #expect(isNear(sample.offset, driver.serverOffset - TimeInterval(nanoseconds: slewed / 2)))
  }

  /// The server got the request before the rollover of 2036 and answers after it; or one of the two clocks is beyond it.
  @Test(arguments: [Int64(0), 250_000_000, -250_000_000])
  func aRolloverBetweenReceiveAndTransmit(offset: Int64) throws {
    var driver = AssociationDriver()
    driver.serverOffset = TimeInterval(nanoseconds: offset)
    driver.start()
    // The request leaves at its deadline, and the server turns it around across the rollover.
    let departure = try #require(driver.state.deadline)
    driver.clock =
      Self.rollover - driver.serverOffset
      - (departure + AssociationDriver.oneWay + AssociationDriver.turnaround.half).sinceEpoch
    driver.untilRequest()
    #expect(driver.now == departure)
    let bytes = driver.reply()
    #expect(bytes[32..<36] == [255, 255, 255, 255] && bytes[40..<44] == [0, 0, 0, 0])
    driver.arrive(bytes)
    let sample = try #require(driver.samples.first)
    #expect(isNear(sample.offset, driver.serverOffset))
    #expect(isNear(TimeInterval(nanoseconds: sample.delayNanoseconds), Self.roundTrip))
    #expect(isNear(TimeInterval(nanoseconds: sample.turnaroundNanoseconds), AssociationDriver.turnaround))
    #expect(isNear(TimeInterval(nanoseconds: sample.referenceNanoseconds), Self.rollover))
  }

  @Test func aLocalClockOf1970IsBroughtToThePresent() throws {
    var driver = AssociationDriver()
    driver.clock = .zero
    driver.serverOffset = .seconds(1_800_000_000)
    driver.start()
    driver.run(samples: 1)
    #expect(isNear(try #require(driver.samples.first).offset, driver.serverOffset))
  }
}

/// Which departure counts: the kernel's stamp if it comes in time, else the clock read before sending.
struct TransmitStampTests {
  /// The kernel says that the packet left so long after the program read the clock.
  private static let later = TimeInterval.microseconds(50)
  private static let roundTrip = AssociationDriver.oneWay + AssociationDriver.oneWay

  /// A reply came, and the stamp of its request did not yet.
  private func waiting() throws -> (driver: AssociationDriver, request: Request, kernel: Stamp) {
    var driver = AssociationDriver()
    driver.stampsDepartures = false
    driver.start()
    driver.untilRequest()
    let request = try #require(driver.open)
    let kernel = driver.stamp(.kernel, at: driver.now + Self.later)
    driver.answer()
    #expect(driver.samples.isEmpty && driver.state.reply != nil)
    #expect(driver.state.deadline == driver.now + AssociationLimits.hold)
    return (driver, request, kernel)
  }

  private func delay(_ driver: AssociationDriver) -> TimeInterval? {
    driver.samples.first.map { TimeInterval(nanoseconds: $0.delayNanoseconds) }
  }

  private func isNear(_ a: TimeInterval?, _ b: TimeInterval) -> Bool {
    a.map { abs(($0 - b).nanoseconds) <= 1 } ?? false
  }

  @Test func aStampWithinTwoMillisecondsCounts() throws {
    var (driver, request, kernel) = try waiting()
    driver.now = driver.now + .microseconds(1999)
    driver.deliver(.deadline)
    #expect(driver.samples.isEmpty)
    driver.deliver(.transmitted(serial: request.serial, stamp: kernel))
    #expect(driver.samples.map(\.transmitKind) == [.kernel])
    #expect(isNear(delay(driver), Self.roundTrip - Self.later))
  }

  @Test func aMissingStampIsReplacedAfterTwoMilliseconds() throws {
    var (driver, _, _) = try waiting()
    driver.step()
    #expect(driver.samples.map(\.transmitKind) == [.user])
    #expect(isNear(delay(driver), Self.roundTrip))
  }

  @Test func aLateStampChangesNothing() throws {
    var (driver, request, kernel) = try waiting()
    driver.step()
    let before = driver.state
    driver.deliver(.transmitted(serial: request.serial, stamp: kernel))
    #expect(driver.state == before && driver.samples.count == 1)
    // Nor does it pass for the stamp of the next request.
    driver.untilRequest()
    let asking = driver.state
    driver.deliver(.transmitted(serial: request.serial, stamp: kernel))
    #expect(driver.state == asking)
  }

  @Test func aStampKnownNotToComeIsNotWaitedFor() throws {
    var (driver, request, _) = try waiting()
    var none = driver.stamp(.user)
    none.kind = .none
    driver.deliver(.transmitted(serial: request.serial, stamp: none))
    #expect(driver.samples.map(\.transmitKind) == [.user])
    #expect(isNear(delay(driver), Self.roundTrip))
  }

  @Test func aSecondStampForOneRequestIsIgnored() throws {
    var driver = AssociationDriver()
    driver.start()
    driver.untilRequest()
    let request = try #require(driver.open)
    let before = driver.state
    driver.deliver(.transmitted(serial: request.serial, stamp: driver.stamp(.hardware, at: driver.now + Self.later)))
    #expect(driver.state == before)
  }
}
