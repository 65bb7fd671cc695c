// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import Testing
import TimeTypes

@testable import ProviderKit

/// The host's capabilities as a provider sees them.
struct HostTests {
  @Test func coreFunctionsReachTheHost() {
    let mock = MockHost()
    let host = Host(mock.hostTable)
    #expect(host.name == "mock")
    #expect(host.nowRaw.nanoseconds == mock.raw)
    #expect(host.now()?.time.nanoseconds == mock.raw + mock.clockOffset)
    #expect(host.now(ClockID(rawValue: 9)) == nil)
    #expect(host.random() != host.random())
    host.requestPoll()
    #expect(mock.pollRequests == 1)
    host.log(.warning, "two words")
    host.event(37, source: 4, "text")
    #expect(mock.logs == ["two words"])
    #expect(mock.events.count == 1 && mock.events[0].number == 37 && mock.events[0].source == 4)
    #expect(host.resolve("ntp.example.net", family: .ipv6, token: 77) == .ok)
    #expect(mock.lookups[0].name == "ntp.example.net" && mock.lookups[0].family == 6 && mock.lookups[0].token == 77)
  }

  @Test func whatAProviderNeedsIsThereOrNamed() {
    let mock = MockHost()
    let host = Host(mock.hostTable)
    #expect(host.offers(["source/1": true, "timer/1": true], "pulses need") && mock.logs.isEmpty)
    #expect(!host.offers(["source/1": true, "timer/1": false, "store/1": false], "pulses need"))
    #expect(mock.logs == ["the host has no timer/1, which pulses need"])
  }

  @Test func aSampleArrivesFieldByField() {
    let mock = MockHost()
    let host = Host(mock.hostTable)
    let sample = Sample(
      source: SourceID(rawValue: 1), sequence: 2, flags: [.reply, .burst], clock: ClockID(rawValue: 3),
      era: ClockEra(rawValue: 4), local: TimeInterval(nanoseconds: 5, subnanoseconds: 6),
      reference: TimeInterval(nanoseconds: 7, subnanoseconds: 8), raw: RawInstant(nanoseconds: 9), delay: 10,
      dispersion: 11, rootDelay: 12, rootDispersion: 13, asymmetryBound: 14, turnaround: 15, frequencyScaled: 16,
      referenceID: ReferenceID(rawValue: 17), taiOffset: 18, timescale: .tai, leap: .insert, stratum: 19,
      precision: -20,
      poll: 21, receiveKind: .hardware, transmitKind: .kernel)
    #expect(host.publish(sample))
    let c = mock.samples[0]
    #expect(c.size == 128 && c.source == 1 && c.sequence == 2 && c.flags == TOMPION_SAMPLE_REPLY | TOMPION_SAMPLE_BURST)
    #expect(c.clock == 3 && c.era == 4 && c.local_ns == 5 && c.local_subns == 6 && c.reference_ns == 7)
    #expect(c.reference_subns == 8 && c.raw_ns == 9 && c.delay_ns == 10 && c.dispersion_ns == 11)
    #expect(c.root_delay_ns == 12 && c.root_dispersion_ns == 13 && c.asymmetry_bound_ns == 14)
    #expect(c.turnaround_ns == 15 && c.frequency == 16 && c.reference_id == 17 && c.tai_offset == 18)
    #expect(Int32(c.timescale) == TOMPION_TIMESCALE_TAI && Int32(c.leap) == TOMPION_LEAP_INSERT && c.stratum == 19)
    #expect(c.precision == -20 && c.poll == 21 && Int32(c.rx_kind) == TOMPION_STAMP_HARDWARE)
    #expect(Int32(c.tx_kind) == TOMPION_STAMP_KERNEL)
  }

  @Test func socketsTimersAndSources() throws {
    let mock = MockHost()
    let host = Host(mock.hostTable)
    let peer = SocketAddress(ipv4: 0x7f00_0001, port: 123)
    let socket = try host.packets.open([.receiveStamps], peer: peer, interface: "eth0").get()
    #expect(SocketAddress(mock.sockets[socket]!.peer) == peer)
    #expect(mock.sockets[socket]!.interface_name.3 == 0x30)
    let bytes: [UInt8] = [1, 2, 3]
    func send(token: UInt64?) -> Bool { host.packets.send(socket, bytes.span, token: token) }
    #expect(send(token: 9))
    #expect(mock.sent[0].bytes == bytes && mock.sent[0].token == 9)
    #expect(send(token: nil))
    #expect(mock.sent[1].token == nil)
    host.packets.close(socket)
    #expect(!send(token: nil))
    mock.openStatus[6] = TOMPION_UNREACHABLE
    #expect(host.packets.open([], peer: SocketAddress(family: .ipv6)) == .failure(SocketError(.unreachable)))
    #expect(host.packets.localNetworks().map(\.prefixLength) == [24])
    #expect(host.packets.interfaceIndex("eth0") == 2 && host.packets.interfaceIndex("eth1") == nil)
    #expect(host.packets.portHolder(peer) == "chronyd, pid 812")

    host.timers.arm(3, at: RawInstant(nanoseconds: 55))
    #expect(mock.timers == [3: 55])
    host.timers.disarm(3)
    #expect(mock.timers.isEmpty)

    var info = SourceInfo()
    info.name = String(repeating: "ä", count: 100)
    info.address = "192.0.2.1:123"
    info.lastError = "first"
    info.lastError = "e"
    #expect(info.name == String(repeating: "ä", count: 63), "cut at a whole character")
    let source = try #require(host.sources.add(info))
    #expect(mock.sources[source]?.size == UInt32(MemoryLayout<tompion_source_info_t>.size))
    info.fields.reach = 255
    host.sources.update(source, info)
    #expect(mock.sources[source]?.reach == 255)
    #expect(info.address == "192.0.2.1:123" && info.lastError == "e")
    host.sources.remove(source)
    #expect(mock.sources.isEmpty)
  }

  @Test func settingsKeepTypeAndPlace() {
    let mock = MockHost()
    mock.set("source[3].address", "ntp.example.net")
    mock.set("n", Int64(5))
    mock.set("x", 0.5)
    mock.set("allow[1]", true)
    let settings = Host(mock.hostTable).settings
    let all = settings.all()
    #expect(all.map(\.value) == [.string("ntp.example.net"), .integer(5), .real(0.5), .boolean(true)])
    #expect(all[1].real == 5 && all[1].integer == 5 && all[1].string == nil && all[3].boolean == true)
    #expect(all[0].parts == ("source", 3, "address"))
    #expect(all[1].parts == ("n", nil, ""))
    #expect(all[3].parts == ("allow", 1, ""))
    #expect(all.map(\.line) == [1, 2, 3, 4])
    settings.refuse(all[2], "a whole number")
    #expect(mock.refusals.count == 1 && mock.refusals[0].index == 2 && mock.refusals[0].text == "a whole number")
  }

  @Test func aHostWithoutCapabilitiesIsAnswered() {
    let mock = MockHost()
    mock.missing = [
      TOMPION_SOURCE_ID, TOMPION_PACKET_IO_ID, TOMPION_TIMER_ID, TOMPION_LOG_ID, TOMPION_EVENT_ID, TOMPION_RESOLVE_ID,
      TOMPION_SETTINGS_ID, TOMPION_CLOCK_INFO_ID,
    ]
    let host = Host(mock.hostTable)
    #expect(!host.packets.isAvailable && !host.sources.isAvailable && !host.timers.isAvailable)
    #expect(host.packets.open([]) == .failure(SocketError(.unsupported)))
    #expect(host.timers.arm(0, at: host.nowRaw) == .unsupported)
    #expect(host.sources.add(SourceInfo()) == nil)
    #expect(host.resolve("x", token: 0) == .unsupported)
    #expect(host.settings.all().isEmpty && host.clockPage() == nil)
    host.log(.error, "into the void")
  }

  @Test func clockPageIsReadThroughItsSequence() {
    let mock = MockHost()
    var info = tompion_clock_info_t()
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    info.stratum = 3
    info.precision = -23
    mock.setClock(info)
    let page = Host(mock.hostTable).clockPage()
    #expect(page?.read()?.stratum == 3)
    #expect(page?.read()?.precision == -23)
  }
}
