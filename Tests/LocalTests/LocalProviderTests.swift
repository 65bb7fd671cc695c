// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import Testing

@testable import Local

/// The whole provider on a host in memory.
@Suite struct LocalProviderTests {
  static func run(_ host: MockHost) -> Int32 {
    guard host.open(localModule(), id: "org.tompion.local") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    return status == TOMPION_OK ? host.start() : status
  }

  static func clock(_ host: MockHost, synchronized: Bool, stratum: UInt8, dispersion: UInt64 = 1000) {
    var info = tompion_clock_info_t()
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    (info.synchronized, info.stratum, info.raw_ns) = (synchronized ? 1 : 0, stratum, host.raw)
    (info.root_dispersion_ns, info.dispersion_rate_ppb) = (dispersion, 15_000)
    info.leap = stratum == 16 ? 3 : 0
    host.setClock(info)
  }

  static let second: Int64 = 1_000_000_000

  @Test func aReadySourceAndItsSamples() throws {
    let host = MockHost()
    host.set("wait", Int64(10))
    host.set("stratum", Int64(7))
    host.set("orphan", true)
    host.set("dispersion", 0.5)
    Self.clock(host, synchronized: false, stratum: 16)
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 9 * Self.second)
    var info = try #require(host.sources.values.first)
    #expect(info.flags == TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_LOCAL | TOMPION_SOURCE_ORPHAN && info.reach == 0)
    #expect(!host.samples.isEmpty, "its stratum is known before it may stand in")
    host.advance(by: 2 * Self.second)
    info = try #require(host.sources.values.first)
    #expect(info.reach == 0xFF && host.events.isEmpty)
    let sample = try #require(host.samples.last)
    #expect(sample.stratum == 7 && sample.reference_id == 0x4C4F_434C && sample.root_dispersion_ns == 500_000_000)
    #expect(sample.reference_ns == sample.local_ns && sample.leap == 0)
    let before = host.samples.count
    host.advance(by: 80 * Self.second)
    #expect(host.samples.count == before + 10, "one in eight seconds")
  }

  @Test func whatPeopleAreTold() {
    let host = MockHost()
    host.set("wait", Int64(0))
    Self.clock(host, synchronized: false, stratum: 16)
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 3 * Self.second)
    Self.clock(host, synchronized: false, stratum: 10)
    host.advance(by: 3 * Self.second)
    #expect(host.events.map(\.number) == [610] && host.events[0].text.contains("stratum 10"))
    Self.clock(host, synchronized: true, stratum: 3)
    host.advance(by: 3 * Self.second)
    #expect(host.events.map(\.number) == [610, 611])
    #expect(host.sources.values.first?.reach == 0)
  }

  /// The page was written once, at a distance of 0.99 s; it grows by 15 ppm, and is over the limit 667 s later.
  @Test func theDistanceGrowsBetweenTwoPages() {
    let host = MockHost()
    Self.clock(host, synchronized: true, stratum: 3, dispersion: 990_000_000)
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 660 * Self.second)
    #expect(host.sources.values.first?.reach == 0)
    host.advance(by: 10 * Self.second)
    #expect(host.sources.values.first?.reach == 0xFF)
  }

  @Test func newSettingsCount() {
    let host = MockHost()
    host.set("wait", Int64(0))
    Self.clock(host, synchronized: false, stratum: 16)
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 2 * Self.second)
    host.clearSettings()
    host.set("wait", Int64(0))
    host.set("stratum", Int64(12))
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    host.advance(by: 2 * Self.second)
    #expect(host.samples.last?.stratum == 12 && host.sources.values.first?.stratum == 12)
    host.clearSettings()
    host.set("stratum", Int64(16))
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID)
    #expect(host.refusals.last?.text == "a whole number from 1 to 15")
    host.advance(by: 20 * Self.second)
    #expect(host.samples.last?.stratum == 12)
  }

  @Test func stoppedItDoesNotStandIn() {
    let host = MockHost()
    host.set("wait", Int64(0))
    Self.clock(host, synchronized: false, stratum: 16)
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 2 * Self.second)
    host.stop()
    #expect(host.sources.values.first?.reach == 0 && host.timers.isEmpty)
    host.close()
    #expect(host.sources.isEmpty)
  }

  @Test(arguments: [TOMPION_SOURCE_ID, TOMPION_TIMER_ID])
  func whatItCannotDoWithout(id: String) {
    let host = MockHost()
    host.missing = [id]
    #expect(Self.run(host) == TOMPION_UNSUPPORTED && !host.logs.isEmpty)
  }

  @Test func whereNobodySaysWhenRealTimeIsLostItNeverStandsIn() {
    let host = MockHost()
    host.missing = [TOMPION_CLOCK_INFO_ID]
    host.set("wait", Int64(0))
    #expect(Self.run(host) == TOMPION_OK && host.logs.count == 1)
    host.advance(by: 20 * Self.second)
    #expect(host.sources.values.first?.reach == 0)
  }
}
