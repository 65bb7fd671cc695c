// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing
import TimeTypes

/// A provider of the kit, driven through the C tables alone.
@Suite(.serialized)
struct ProviderCatalogueTests {
  private func opened(_ host: MockHost) throws -> ProbeProvider {
    #expect(host.open(probeModule.pointer, id: "org.example.probe"))
    return try #require(ProbeProvider.last)
  }

  @Test func moduleAndDescriptorsSayWhatTheyAre() throws {
    let module = probeModule.pointer.pointee
    #expect(module.size == UInt32(MemoryLayout<tompion_module_t>.size))
    #expect(module.abi_major == 1 && module.descriptor_count == 2)
    let descriptor = try #require(module.descriptor(0)).pointee
    #expect(String(cString: descriptor.id) == "org.example.probe")
    #expect(String(cString: descriptor.name) == "probe")
    #expect(descriptor.capabilities == TOMPION_CAPABILITY_INPUT | TOMPION_CAPABILITY_OUTPUT)
    #expect(descriptor.size == UInt32(MemoryLayout<tompion_descriptor_t>.size))
    #expect(module.descriptor(2) == nil)
    #expect(module.descriptor(UInt32.max) == nil)
  }

  @Test func openRefusesWhatItCannotServe() {
    let host = MockHost()
    #expect(!host.open(probeModule.pointer, id: "org.example.nobody"))
    #expect(!host.open(probeModule.pointer, id: "org.example.refuser"))
    #expect(probeModule.pointer.pointee.open(nil, nil) == nil)
    host.hostTable.pointee.abi_major = 2
    #expect(!host.open(probeModule.pointer, id: "org.example.probe"))
    host.hostTable.pointee.abi_major = 1
    host.hostTable.pointee.size = 8
    #expect(!host.open(probeModule.pointer, id: "org.example.probe"))
  }

  @Test func ladderOfStatesIsKept() throws {
    let host = MockHost()
    let probe = try opened(host)
    #expect(host.start() == TOMPION_WRONG_STATE)
    #expect(host.command(TOMPION_COMMAND_QUERY) == TOMPION_WRONG_STATE)
    host.stop()
    #expect(probe.calls.isEmpty)
    #expect(host.initialize() == TOMPION_OK)
    #expect(host.initialize() == TOMPION_WRONG_STATE)
    #expect(host.start() == TOMPION_OK)
    #expect(host.start() == TOMPION_WRONG_STATE)
    host.stop()
    host.stop()
    #expect(host.start() == TOMPION_OK)
    host.close()
    #expect(probe.calls == ["init", "start", "stop", "start", "stop", "close"])
  }

  @Test func secondCloseAndLateCallsDoNothing() throws {
    ProbeProvider.last = nil
    let host = MockHost()
    let before = ProbeProvider.closed
    #expect(host.open(probeModule.pointer, id: "org.example.probe"))
    ProbeProvider.last = nil
    #expect(host.initialize() == TOMPION_OK)
    host.close()
    #expect(ProbeProvider.closed == before + 1, "close frees the provider")
    host.close()
    #expect(ProbeProvider.closed == before + 1)
    #expect(host.initialize() == TOMPION_WRONG_STATE)
    #expect(host.start() == TOMPION_WRONG_STATE)
    #expect(host.command(TOMPION_COMMAND_QUERY) == TOMPION_WRONG_STATE)
    host.stop()
    #expect(host.receiver(TOMPION_TIMER_ID, as: tompion_timer_receiver_t.self) == nil)
  }

  @Test func aFailedStartLeavesItStopped() throws {
    let host = MockHost()
    let probe = try opened(host)
    probe.startStatus = .addressInUse
    #expect(host.initialize() == TOMPION_OK)
    #expect(host.start() == TOMPION_ADDRESS_IN_USE)
    host.deliver([[1]], socket: 1)
    #expect(probe.batches.isEmpty)
  }

  @Test func captureArrivesOnlyWhileStarted() throws {
    let host = MockHost()
    let probe = try opened(host)
    #expect(host.initialize() == TOMPION_OK)
    func everything() {
      host.deliver([[1, 2, 3]], socket: 9)
      host.transmitted(token: 4, socket: 9, stamp: host.stamp(kind: TOMPION_STAMP_KERNEL))
      host.failed(socket: 9, status: TOMPION_UNREACHABLE)
      host.timers[3] = host.raw
      host.advance(by: 1)
      host.resolved(token: 8, status: TOMPION_NOT_FOUND, addresses: [], text: "no such host")
    }
    everything()
    #expect(probe.batches.isEmpty && probe.transmittedRecords.isEmpty && probe.expiredTimers.isEmpty)
    #expect(probe.answers.isEmpty && probe.calls == ["init"])
    #expect(host.start() == TOMPION_OK)
    everything()
    #expect(probe.batches == [[[1, 2, 3]]])
    #expect(probe.transmittedRecords.map(\.token) == [4])
    #expect(probe.expiredTimers.map(\.0) == [3])
    #expect(probe.answers.count == 1 && probe.answers[0].3 == "no such host")
    #expect(probe.calls.contains("failed 9 unreachable"))
    host.stop()
    everything()
    #expect(probe.batches.count == 1 && probe.answers.count == 1)
  }

  @Test func aTimerThatExpiresDuringStartIsNotLost() throws {
    let host = MockHost()
    let probe = try opened(host)
    #expect(host.initialize() == TOMPION_OK)
    probe.armOnStart = true
    #expect(host.start() == TOMPION_OK)
    host.advance(by: 2_000_000)
    #expect(probe.expiredTimers.map(\.0) == [7])
  }

  @Test func repliesAreMadeInPlaceAndNeverLonger() throws {
    let host = MockHost()
    let probe = try opened(host)
    #expect(host.initialize() == TOMPION_OK)
    #expect(host.start() == TOMPION_OK)
    let peer = SocketAddress(ipv4: 0xc000_0201, port: 4711)
    let replies = host.deliver([[1, 2, 3], [4, 5, 6, 7], []], socket: 2, peer: peer.abi)
    #expect(replies == [[254, 253, 252], [251, 250], []])
    #expect(probe.peers == [peer, peer, peer])
    #expect(probe.stamps.allSatisfy { $0.kind == .kernel && $0.raw.nanoseconds == host.raw })
    #expect(probe.stamps[0].time.nanoseconds == host.raw + host.clockOffset)
  }

  @Test func commandsAreChecked() throws {
    let host = MockHost()
    let probe = try opened(host)
    #expect(host.initialize() == TOMPION_OK)
    #expect(host.command(TOMPION_COMMAND_QUERY, source: 3, value: -4) == TOMPION_OK)
    #expect(probe.commands == [Command(.query, source: 3, value: -4)])
    #expect(host.command(4711) == TOMPION_UNSUPPORTED)
    let provider = try #require(host.provider)
    var short = tompion_command_t()
    short.size = 8
    #expect(provider.pointee.command(provider, &short) == TOMPION_INVALID)
    #expect(provider.pointee.command(provider, nil) == TOMPION_INVALID)
  }

  @Test func schemaAndReceiversAreFoundById() throws {
    let host = MockHost()
    _ = try opened(host)
    let schema = try #require(host.receiver(TOMPION_SETTINGS_SCHEMA_ID, as: tompion_settings_schema_t.self)).pointee
    #expect(schema.count == 2)
    let rate = schema.entries[0]
    #expect(String(cString: rate.path) == "rate" && rate.type == UInt32(TOMPION_SETTING_INTEGER))
    #expect(rate.minimum == 1 && rate.maximum == 9 && rate.required == 1 && String(cString: rate.default_text) == "4")
    let mode = schema.entries[1]
    #expect(String(cString: mode.choices) == "a|b" && mode.minimum > mode.maximum)
    #expect(host.receiver("tompion.nothing/1", as: UInt32.self) == nil)
    for id in [TOMPION_PACKET_IO_ID, TOMPION_TIMER_ID, TOMPION_RESOLVE_ID] {
      #expect(host.receiver(id, as: UInt32.self)?.pointee ?? 0 > 8)
    }
  }

  @Test func anAnswerOfTheResolverIsCutAndCleaned() throws {
    let host = MockHost()
    let probe = try opened(host)
    #expect(host.initialize() == TOMPION_OK)
    #expect(host.start() == TOMPION_OK)
    let many = (0..<89).map { SocketAddress(ipv4: 0x0a00_0000 + UInt32($0)).abi }
    host.resolved(token: 1, status: TOMPION_OK, addresses: many + [tompion_address_t()])
    #expect(probe.answers[0].2.count == AddressList.capacity)
    let twice = SocketAddress(ipv4: 1).abi
    host.resolved(token: 2, status: TOMPION_OK, addresses: [twice, twice])
    #expect(probe.answers[1].2.count == 1)
  }
}
