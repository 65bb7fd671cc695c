// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import PPS
import Testing

/// The whole provider on a host in memory.
@Suite struct ProviderTests {
  static let start: Int64 = 1_800_000_000

  static func scene(_ device: String = "/dev/pps0", _ more: (MockHost) -> Void = { _ in }) -> MockHost {
    let host = MockHost()
    host.set("source[0].device", device)
    more(host)
    host.setClock(synchronized: true)
    return host
  }

  static func run(_ host: MockHost) -> Int32 {
    guard host.open(ppsModule(), id: "org.tompion.pps") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    return status == TOMPION_OK ? host.start() : status
  }

  /// Pulses once a second at `phase` after the second, until `end` seconds have passed in all.
  static func pulses(
    _ host: MockHost, until end: Int64, phase: Int64 = 0, edge: UInt32 = 1, device: String = "/dev/pps0"
  ) {
    var next = (host.raw + host.clockOffset) / 1_000_000_000 * 1_000_000_000 + 1_000_000_000 + phase - host.clockOffset
    while next < 1_000_000_000 * (end + 1) {
      host.advance(to: next)
      var mark = tompion_device_mark_t()
      mark.device = host.device(device)
      mark.edge = edge
      mark.sequence = UInt32(next / 1_000_000_000)
      mark.stamp = host.stamp(kind: TOMPION_STAMP_KERNEL, raw: next)
      host.mark(mark)
      next += 1_000_000_000
    }
  }

  static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  @Test func pulsesBecomeSamplesOfStratumZero() throws {
    let host = Self.scene()
    host.singleEdged = ["/dev/pps0"]
    #expect(Self.run(host) == TOMPION_OK)
    #expect(host.devices.values.map(\.options.edges) == [1])
    Self.pulses(host, until: 20)
    #expect(host.samples.count == 17)
    let sample = try #require(host.samples.last)
    #expect(sample.stratum == 0 && sample.reference_id == 0x5050_5300 && sample.delay_ns == 0 && sample.poll == 0)
    #expect(sample.reference_ns % 1_000_000_000 == 0 && sample.reference_ns == sample.local_ns)
    let flags = TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_PULSE | TOMPION_SAMPLE_REPLY | TOMPION_SAMPLE_NO_LEAP
    #expect(sample.flags == flags && sample.asymmetry_bound_ns == 1000 && sample.rx_kind == UInt8(TOMPION_STAMP_KERNEL))
    let info = try #require(host.sources.values.first)
    #expect(info.flags & TOMPION_SOURCE_REFCLOCK != 0 && info.reach == 0xff && info.replies == 16)
    #expect(Self.text(info.last_error).isEmpty && Self.text(info.address) == "/dev/pps0")
    #expect(host.events.map(\.number).contains(37) && host.events.map(\.number).contains(604))
    #expect(host.events.allSatisfy { $0.source == host.sources.keys.first })
  }

  @Test func withoutASourceThatNumbersItSaysSo() throws {
    let host = Self.scene()
    host.setClock(synchronized: false)
    #expect(Self.run(host) == TOMPION_OK)
    Self.pulses(host, until: 30)
    #expect(host.samples.isEmpty)
    let info = try #require(host.sources.values.first)
    #expect(Self.text(info.last_error).contains("not synchronized") && info.reach == 0 && info.rejected >= 26)
    #expect(host.events.map(\.number) == [602])
    host.setClock(synchronized: true)
    Self.pulses(host, until: 60)
    #expect(host.samples.count == 30)
    // And silence.
    let before = host.samples.count
    host.advance(by: 12_000_000_000)
    #expect(host.samples.count == before && host.events.map(\.number).suffix(1) == [38])
    #expect(host.sources.values.first?.reach == 0)
  }

  /// Locked to a source by the host: that nothing is followed is no matter, and the leap that an unsynchronized clock shows is no pulse's
  /// (the host takes no sample of it).
  @Test func whatIsLockedNeedsNoSynchronizedClock() {
    let host = Self.scene { $0.set("source[0].lock", "roof") }
    host.setClock(synchronized: false)
    #expect(Self.run(host) == TOMPION_OK)
    Self.pulses(host, until: 30)
    #expect(host.samples.count > 20 && host.samples.allSatisfy { $0.leap == UInt8(TOMPION_LEAP_NONE) })
    #expect(host.sources.values.first?.reach == 0xff)
  }

  @Test func theRightEdgeIsNamed() throws {
    let host = Self.scene()
    host.setClock(synchronized: true, boundNanoseconds: 200_000_000)
    #expect(Self.run(host) == TOMPION_OK)
    #expect(host.devices.values.map(\.options.edges) == [3])
    for second in Int64(2)..<40 {
      for (phase, edge) in [(Int64(0), UInt32(2)), (100_000_000, 1)] {
        host.advance(to: second * 1_000_000_000 + phase)
        var mark = tompion_device_mark_t()
        (mark.device, mark.edge, mark.sequence) = (host.device("/dev/pps0"), edge, UInt32(second))
        mark.stamp = host.stamp(kind: TOMPION_STAMP_KERNEL)
        host.mark(mark)
      }
    }
    #expect(host.samples.isEmpty)
    let error = Self.text(try #require(host.sources.values.first).last_error)
    #expect(
      error.hasPrefix("the clear edge looks right: pulses of 100.000 ms begin there; edge = \"clear\""), "\(error)")
    #expect(host.events.map(\.number) == [603] && host.events.first?.text.contains("clear edge") == true)
  }

  @Test func aDeviceThatComesLateIsFoundAndALostOneFoundAgain() throws {
    let host = Self.scene()
    host.deviceStatus["/dev/pps0"] = TOMPION_NOT_FOUND
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 30_000_000_000)
    #expect(host.devices.isEmpty && host.events.map(\.number) == [600])
    #expect(Self.text(try #require(host.sources.values.first).last_error).contains("not found"))
    host.deviceStatus = [:]
    host.advance(by: 6_000_000_000)
    let device = host.device("/dev/pps0")
    #expect(device != 0)
    Self.pulses(host, until: 60)
    let before = host.samples.count
    #expect(before > 15)
    host.deviceChanged(device, status: TOMPION_NOT_FOUND)
    #expect(Self.text(try #require(host.sources.values.first).last_error).contains("gone"))
    host.deviceChanged(device, status: TOMPION_OK)
    Self.pulses(host, until: 70)
    #expect(host.samples.count > before + 5)
    let devices: [UInt32] = host.events.map(\.number).filter { [600, 601].contains($0) }
    #expect(devices == [600, 600, 601])
  }

  @Test(arguments: [("/dev/null", "it is no PPS device (/dev/ppsN)"), ("/dev/ptp0", "it is no PTP clock (/dev/ptpN)")])
  func whatIsNoSuchDeviceIsCalledSo(path: String, text: String) throws {
    let host = Self.scene(path)
    host.deviceStatus[path] = TOMPION_INVALID
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 2_000_000_000)
    #expect(host.events.map(\.number) == [600] && host.events.first?.text.contains(text) == true)
    #expect(Self.text(try #require(host.sources.values.first).last_error).contains(text))
  }

  @Test func aHardwareClockGivesPulsesByItsPin() throws {
    let host = Self.scene("/dev/ptp0") { host in
      host.set("source[0].channel", Int64(1))
      host.set("source[0].pin", Int64(2))
      host.set("source[0].edge", "clear")
      host.set("source[0].delay", 0.0001)
      host.set("source[0].refid", "GPS")
    }
    #expect(Self.run(host) == TOMPION_OK)
    let options = try #require(host.devices.values.first).options
    #expect(
      options.kind == 3 && options.edges == 2 && options.channel == 1 && options.pin == 2 && options.interval_ms == 0)
    Self.pulses(host, until: 20, phase: 100_000, edge: 2, device: "/dev/ptp0")
    let sample = try #require(host.samples.last)
    #expect(sample.reference_ns % 1_000_000_000 == 100_000 && sample.reference_ns == sample.local_ns)
    #expect(sample.reference_id == 0x4750_5300)
  }

  @Test func aHardwareClockIsToldToMakePulses() {
    let host = Self.scene { $0.set("source[0].enable_on", "/dev/ptp0") }
    #expect(Self.run(host) == TOMPION_OK)
    // It was opened, and closed again at once.
    #expect(host.device("/dev/pps0") == 2 && host.devices.count == 1)
    let other = Self.scene { $0.set("source[0].enable_on", "/dev/ptp0") }
    other.deviceStatus["/dev/ptp0"] = TOMPION_PERMISSION
    #expect(Self.run(other) == TOMPION_OK && other.logs.contains { $0.contains("may not open it") })
  }

  @Test func countersAreToldWhenAsked() {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    Self.pulses(host, until: 10)
    #expect(host.command(TOMPION_COMMAND_QUERY) == TOMPION_OK && host.command(99) == TOMPION_UNSUPPORTED)
    #expect(host.command(TOMPION_COMMAND_TIME_JUMPED) == TOMPION_OK)
    host.advance(by: 2_000_000_000)
    #expect(host.logs.contains { $0.hasPrefix("/dev/pps0: 7 of 9 pulses used") }, "\(host.logs)")
  }

  @Test func updateConfigKeepsWhatStays() throws {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    let (source, device) = (try #require(host.sources.keys.first), host.device("/dev/pps0"))
    // A wrong file changes nothing.
    host.clearSettings()
    host.set("source[0].prefer", true)
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID)
    host.clearSettings()
    host.set("source[0].device", "/dev/pps7")
    host.set("source[1].device", "/dev/pps0")
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    host.advance(by: 1_000_000_000)
    #expect(host.sources.count == 2 && host.sources[source] != nil && host.device("/dev/pps0") == device)
    #expect(host.device("/dev/pps7") != 0 && host.removedSources.isEmpty)
    host.clearSettings()
    host.set("source[0].device", "/dev/pps7")
    #expect(host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    host.advance(by: 1_000_000_000)
    #expect(host.removedSources == [source] && host.device("/dev/pps0") == 0 && host.devices.count == 1)
  }

  @Test func nothingIsLeftAfterTheEnd() {
    let host = Self.scene()
    #expect(Self.run(host) == TOMPION_OK)
    host.stop()
    #expect(host.devices.isEmpty && host.timers.isEmpty)
    host.close()
    #expect(host.sources.isEmpty)
  }

  @Test(arguments: [TOMPION_SOURCE_ID, TOMPION_DEVICE_IO_ID, TOMPION_TIMER_ID])
  func aHostWithoutWhatIsNeededIsToldSo(id: String) {
    let host = Self.scene()
    host.missing = [id]
    #expect(Self.run(host) == TOMPION_UNSUPPORTED && !host.logs.isEmpty)
  }
}
