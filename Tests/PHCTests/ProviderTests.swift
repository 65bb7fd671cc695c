// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import PHC
import Testing

/// The whole provider on a host in memory.
@Suite struct ProviderTests {
  static func scene(_ more: (MockHost) -> Void = { _ in }) -> MockHost {
    let host = MockHost()
    host.set("source[0].device", "/dev/ptp0")
    more(host)
    host.setClock(synchronized: true)
    return host
  }

  static func run(_ host: MockHost) -> Int32 {
    guard host.open(phcModule(), id: "org.tompion.phc") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    return status == TOMPION_OK ? host.start() : status
  }

  /// Four readings a second for so long; the clock is `ahead` of the host's.
  static func readings(
    _ host: MockHost, seconds: Int64, ahead: Int64 = 37_000_000_000, kind: Int32 = TOMPION_STAMP_HARDWARE,
    error: UInt32 = 1, way: Int32 = 0
  ) {
    let end = host.raw + seconds * 1_000_000_000
    while host.raw < end {
      host.advance(by: 250_000_000)
      var mark = tompion_device_mark_t()
      mark.device = host.device("/dev/ptp0")
      mark.stamp = host.stamp(kind: kind)
      mark.device_ns = mark.stamp.nanoseconds + ahead
      mark.error_ns = error
      mark.channel = UInt32(way)
      host.mark(mark)
    }
  }

  static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  @Test func readingsBecomeSamplesOfStratumZero() throws {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    let options = try #require(host.devices.values.first).options
    #expect(options.kind == 3 && options.edges == 0 && options.interval_ms == 250)
    Self.readings(host, seconds: 20)
    #expect(host.samples.count == 19)
    let sample = try #require(host.samples.last)
    #expect(
      sample.stratum == 0 && sample.reference_id == 0x5048_4330 && sample.timescale == UInt8(TOMPION_TIMESCALE_TAI))
    #expect(sample.reference_ns == sample.local_ns + 37_000_000_000 && sample.delay_ns == 0 && sample.poll == 0)
    // Latched by the hardware: no window.
    #expect(sample.flags == TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY | TOMPION_SAMPLE_NO_LEAP)
    #expect(sample.asymmetry_bound_ns == 1)
    let info = try #require(host.sources.values.first)
    #expect(info.flags & TOMPION_SOURCE_REFCLOCK != 0 && info.reach == 0xff && Self.text(info.last_error).isEmpty)
    let events = host.events.map(\.number)
    #expect(events == [37, 604])
  }

  @Test func theWindowIsTheRoundTrip() throws {
    let host = Self.scene { host in
      host.set("source[0].timescale", "utc")
      host.set("source[0].accuracy", 0.000001)
      host.set("source[0].poll", Int64(1))
      host.set("source[0].readings", Int64(8))
    }
    #expect(Self.run(host) == TOMPION_OK)
    Self.readings(host, seconds: 40, ahead: 100, kind: TOMPION_STAMP_USER, error: 700)
    let sample = try #require(host.samples.last)
    #expect(sample.delay_ns == 1400 && sample.asymmetry_bound_ns == 1700 && sample.flags & TOMPION_SAMPLE_ONE_WAY == 0)
    #expect(sample.timescale == UInt8(TOMPION_TIMESCALE_UTC) && sample.reference_ns == sample.local_ns + 100)
    #expect(host.samples.count == 19 && sample.poll == 1)
  }

  @Test(arguments: [
    (TOMPION_READING_PRECISE, ", read by PTP_SYS_OFFSET_PRECISE"),
    (TOMPION_READING_EXTENDED_RAW, ", read by PTP_SYS_OFFSET_EXTENDED (raw)"),
    (TOMPION_READING_EXTENDED, ", read by PTP_SYS_OFFSET_EXTENDED"),
    (TOMPION_READING_PLAIN, ", read by PTP_SYS_OFFSET"), (0, ""), (5, ""),
  ])
  func howItIsReadIsTold(way: Int32, said: String) throws {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    Self.readings(host, seconds: 20, way: way)
    #expect(host.events.last?.number == 604 && host.events.last?.text == "/dev/ptp0 runs, and is used\(said)")
  }

  @Test func aJumpIsTold() throws {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    Self.readings(host, seconds: 40)
    let before = host.samples.count
    Self.readings(host, seconds: 40, ahead: 37_050_000_000)
    #expect(host.samples.count <= before + 1)
    let info = try #require(host.sources.values.first)
    #expect(Self.text(info.last_error).hasPrefix("the clock jumped") && info.reach == 0)
    #expect(host.events.contains { $0.number == 607 && $0.text.contains("jumped") })
    #expect(host.events.contains { $0.number == 38 })
  }

  @Test func aLostDeviceIsFoundAgain() throws {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    Self.readings(host, seconds: 20)
    let device = host.device("/dev/ptp0")
    host.deviceChanged(device, status: TOMPION_NOT_FOUND)
    #expect(Self.text(try #require(host.sources.values.first).last_error).contains("gone"))
    host.deviceChanged(device, status: TOMPION_OK)
    let before = host.samples.count
    Self.readings(host, seconds: 20)
    #expect(host.samples.count >= before + 18)
    let events = host.events.map(\.number)
    #expect(events == [37, 604, 600, 601])
  }

  @Test func whatIsNoHardwareClockIsCalledSo() throws {
    let host = Self.scene()
    host.deviceStatus["/dev/ptp0"] = TOMPION_INVALID
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 2_000_000_000)
    #expect(host.events.map(\.number) == [600])
    #expect(Self.text(try #require(host.sources.values.first).last_error).contains("no PTP clock (/dev/ptpN)"))
  }

  @Test func anUnknownOffsetIsNoRefusal() throws {
    let host = Self.scene { $0.set("source[0].auto_offset", true) }
    host.setClock(synchronized: false)
    #expect(Self.run(host) == TOMPION_OK)
    Self.readings(host, seconds: 20)
    #expect(host.samples.isEmpty && host.events.map(\.number) == [602])
  }

  @Test func settingsThatAreWrongAreRefused() {
    for (key, number) in [
      ("poll", Int64(11)), ("readings", 0), ("rate", 4), ("timescale", 1), ("scale", 1), ("auto_offset", 1),
      ("such", 1),
    ] {
      let host = Self.scene { $0.set("source[0].\(key)", number) }
      #expect(Self.run(host) == TOMPION_INVALID && host.refusals.count == 1, "\(key)")
    }
    let host = MockHost()
    host.set("source[0].timescale", "tai")
    #expect(Self.run(host) == TOMPION_INVALID && host.refusals.count == 1)
    let twice = Self.scene { $0.set("source[1].device", "/dev/ptp0") }
    #expect(Self.run(twice) == TOMPION_INVALID && twice.refusals.count == 1)
  }

  @Test func updateConfigKeepsWhatStays() throws {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    let (source, device) = (try #require(host.sources.keys.first), host.device("/dev/ptp0"))
    // A wrong file changes nothing.
    host.clearSettings()
    host.set("source[0].prefer", true)
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID)
    host.clearSettings()
    host.set("source[0].device", "/dev/ptp7")
    host.set("source[1].device", "/dev/ptp0")
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    host.advance(by: 1_000_000_000)
    #expect(host.sources.count == 2 && host.sources[source] != nil && host.device("/dev/ptp0") == device)
    #expect(host.device("/dev/ptp7") != 0 && host.removedSources.isEmpty)
    host.clearSettings()
    host.set("source[0].device", "/dev/ptp7")
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    host.advance(by: 1_000_000_000)
    #expect(host.removedSources == [source] && host.device("/dev/ptp0") == 0 && host.devices.count == 1)
  }

  @Test func nothingIsLeftAfterTheEnd() {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    host.stop()
    #expect(host.devices.isEmpty && host.timers.isEmpty)
    host.close()
    #expect(host.sources.isEmpty)
  }
}
