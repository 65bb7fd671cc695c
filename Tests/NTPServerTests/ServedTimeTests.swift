// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct ServedTimeTests {
  @Test func rootDispersionGrows() {
    var info = ResponderTests.info()
    info.dispersion_rate_ppb = 15_000
    let start = ServedTime(info, now: ResponderTests.now)
    let later = ServedTime(info, now: ResponderTests.now + .seconds(1000))
    #expect(start.rootDispersion == info.root_dispersion_ns)
    // 15 ppm of 1000 s.
    #expect(later.rootDispersion == info.root_dispersion_ns + 15_000_000)
    #expect(ServedTime(info, now: ResponderTests.now - .seconds(5)).rootDispersion == info.root_dispersion_ns)
    info.dispersion_rate_ppb = .max
    #expect(ServedTime(info, now: RawInstant(nanoseconds: .max)).rootDispersion > info.root_dispersion_ns)
    info.root_dispersion_ns = .max
    #expect(ServedTime(info, now: RawInstant(nanoseconds: .max)).rootDispersion == .max)
  }

  @Test(arguments: [(UInt8(3), UInt8(2)), (0, 0), (0, 16), (0, 200), (9, 2)])
  func unsynchronized(leap: UInt8, stratum: UInt8) {
    var info = ResponderTests.info()
    info.leap = leap
    info.stratum = stratum
    let served = ServedTime(info, now: ResponderTests.now)
    #expect(served.leap == .unsynchronized)
    #expect(served.stratum == 16)
    #expect(served.referenceID == 0)
  }

  @Test func noPageIsUnsynchronized() {
    let served = ServedTime(nil, now: ResponderTests.now)
    #expect(served.leap == .unsynchronized && served.stratum == 16 && served.referenceTime == nil)
  }

  @Test func localStratumIsServedAsPublished() {
    var info = ResponderTests.info()
    info.leap = 0
    info.stratum = 10
    info.synchronized = 0
    let served = ServedTime(info, now: ResponderTests.now)
    #expect(served.leap == .none && served.stratum == 10)
  }

  @Test func shortFormatRoundsUpAndSaturates() {
    #expect(Header.shortFormat(0) == 0)
    #expect(Header.shortFormat(1) == 1)
    #expect(Header.shortFormat(999_999_999) == 0x1_0000)
    #expect(Header.shortFormat(.max) == .max)
    #expect(Header.shortFormat(65_535_999_999_999) == .max)
  }

  @Test func timestampsBeforeTheEpochAndAfterTheEra() {
    #expect(Header.timestamp(.zero) == UInt64(2_208_988_800) << 32)
    #expect(Header.timestamp(TimeInterval(nanoseconds: -500_000_000)) == UInt64(2_208_988_799) << 32 | 1 << 31)
    // Era 1 begins in 2036, 2^32 s after 1900.
    #expect(Header.timestamp(.seconds(1 << 32 - 2_208_988_800 + 1)) == 1 << 32)
    #expect(Header.timestamp(TimeInterval(nanoseconds: 999_999_999, subnanoseconds: .max)) >> 32 == 2_208_988_800)
  }
}
