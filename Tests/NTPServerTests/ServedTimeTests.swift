// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct ServedTimeTests {
  @Test func rootDispersionGrows() {
    var info = ResponderTests.info()
    info.dispersion_rate_ppb = 15_000
    let start = ServedTime.grown(info, now: ResponderTests.now)
    #expect(start == info.root_dispersion_ns)
    // 15 ppm of 1000 s.
    #expect(ServedTime.grown(info, now: ResponderTests.now + .seconds(1000)) == start + 15_000_000)
    #expect(ServedTime.grown(info, now: ResponderTests.now - .seconds(5)) == start)
    let served = ServedTime(info, now: ResponderTests.now + .seconds(1000))
    #expect(served.rootDispersion.interval >= TimeInterval(nanoseconds: Int64(start) + 15_000_000))
    info.dispersion_rate_ppb = .max
    #expect(ServedTime.grown(info, now: RawInstant(nanoseconds: .max)) > start)
    info.root_dispersion_ns = .max
    #expect(ServedTime.grown(info, now: RawInstant(nanoseconds: .max)) == .max)
    #expect(ServedTime(info, now: RawInstant(nanoseconds: .max)).rootDispersion.rawValue == .max)
  }

  @Test(arguments: [(UInt8(3), UInt8(2)), (0, 0), (0, 16), (0, 200), (9, 2)])
  func unsynchronized(leap: UInt8, stratum: UInt8) {
    var info = ResponderTests.info()
    info.leap = leap
    info.stratum = stratum
    let served = ServedTime(info, now: ResponderTests.now)
    #expect(served.leap == .unsynchronized)
    #expect(served.stratum == 16)
    #expect(served.referenceID == .none)
  }

  @Test func noPageIsUnsynchronized() {
    let served = ServedTime(nil, now: ResponderTests.now)
    #expect(served.leap == .unsynchronized && served.stratum == 16 && served.referenceTimestamp.isZero)
  }

  @Test func theOwnClockIsServedAsPublished() {
    var info = ResponderTests.info()
    info.leap = 0
    info.stratum = 10
    info.synchronized = 0
    let served = ServedTime(info, now: ResponderTests.now)
    #expect(served.leap == .none && served.stratum == 10)
  }
}
