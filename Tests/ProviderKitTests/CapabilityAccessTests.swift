// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing
import TimeTypes

/// Typed access to stream/1, device-io/1, secrets/1, store/1 and authenticate/1, over C tables on both sides.
@Suite(.serialized)
struct CapabilityAccessTests {
  private func started(_ id: String = "org.example.capabilities") throws -> (MockHost, CapabilityProbe) {
    let host = CapabilityProbe.makeHost()
    #expect(host.open(capabilityModule.pointer, id: id))
    #expect(host.initialize() == TOMPION_OK && host.start() == TOMPION_OK)
    return (host, try #require(CapabilityProbe.last))
  }

  private let address = SocketAddress(ipv4: 0x7f00_0001, port: 4460)

  @Test func streamsSayWhereTheyLead() throws {
    let (_, probe) = try started()
    let streams = probe.host.streams
    #expect(streams.open(.tcp(address), timeout: 500) == .success(9))
    #expect(streams.open(.tcpListener(address)) == .success(9))
    #expect(streams.open(.unixListener("/run/x", mode: 0o660)) == .success(9))
    #expect(streams.open(.unixDatagrams("/run/y")) == .success(9))
    #expect(streams.open(.unix("/forbidden")) == .failure(SocketError(.permission)))
    #expect([1, 2, 3].withSpan { streams.send(9, $0) } == 2)
    #expect(streams.end(9) == .ok)
    #expect(streams.peerCredentials(9).map { [$0.process, $0.user, $0.group] } == [1, 2, 3])
    #expect(streams.peerCredentials(8) == nil)
    #expect(streams.localAddress(9)?.port == 77)
    streams.close(9, abort: true)
    #expect(
      CapabilityProbe.asked == [
        "open 0 127.0.0.1:4460   500 0", "open 1  127.0.0.1:4460  0 0", "open 3   /run/x 0 432", "open 6   /run/y 0 0",
        "open 2   /forbidden 0 0", "send 9 [1, 2, 3]", "end 9", "close 9 1",
      ])
  }

  @Test func whatComesOfStreamsArrivesWhileStarted() throws {
    let (host, probe) = try started()
    let table = try #require(host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self)).pointee
    var peer = address.abi
    table.opened(host.provider, 9, TOMPION_OK)
    table.accepted(host.provider, 9, 10, &peer)
    table.received(host.provider, 10, [7, 8], 2)
    table.received(host.provider, 10, nil, 0)
    table.writable(host.provider, 10)
    table.failed(host.provider, 10, TOMPION_UNREACHABLE)
    let all = [
      "opened 9 ok", "accepted 9 10 127.0.0.1:4460", "bytes 10 [7, 8]", "bytes 10 []", "writable 10",
      "failed 10 unreachable",
    ]
    #expect(probe.told == all)
    host.stop()
    table.received(host.provider, 10, [7, 8], 2)
    #expect(probe.told == all)
  }

  @Test func devicesAreOpenedAsTheyAre() throws {
    let (host, probe) = try started()
    let devices = probe.host.devices
    #expect(devices.open(.serial(speed: 9600), path: "/dev/ttyS0") == .success(4))
    #expect(devices.open(.pulses(.assert), path: "/dev/pps0", flags: .enablePulses) == .success(4))
    #expect(
      devices.open(.hardwareClock(interval: 500, edges: [.assert, .clear], channel: 1, pin: 0), path: "/dev/ptp0")
        == .success(4))
    #expect(devices.open(.sharedMemory(), path: "shm:2", flags: .anyOwner) == .success(4))
    #expect(
      CapabilityProbe.asked == [
        "device 1 /dev/ttyS0 9600 0 0 leave 0 0", "device 2 /dev/pps0 0 1 0 leave 0 1",
        "device 3 /dev/ptp0 0 3 1 0 500 0",
        "device 4 shm:2 0 0 0 leave 0 4",
      ])
    let table = try #require(host.receiver(TOMPION_DEVICE_IO_ID, as: tompion_device_receiver_t.self)).pointee
    var stamp = host.stamp(kind: TOMPION_STAMP_USER, raw: 55)
    table.received(host.provider, 4, [1], 1, &stamp)
    var marks = [tompion_device_mark_t(), tompion_device_mark_t()]
    marks[1].device = 4
    marks[1].edge = UInt32(TOMPION_EDGE_CLEAR)
    marks[1].sequence = 3
    marks[1].device_ns = 99
    table.marked(host.provider, marks, 2)
    table.changed(host.provider, 4, TOMPION_NOT_FOUND)
    #expect(probe.told == ["device 4 [1] 55", "mark 0 0 0 0", "mark 4 2 3 99", "changed 4 not found"])
  }

  @Test func aSecretIsReleasedWithItsLastOwner() throws {
    let (host, probe) = try started()
    do {
      let secret = try probe.host.secrets.get(setting: "key_file", isPublic: true).get()
      #expect(secret.withBytes { CapabilityProbe.bytes($0) } == [65, 66, 67])
      #expect(CapabilityProbe.asked == ["get 1"])
    }
    #expect(CapabilityProbe.asked == ["get 1", "release true"])
    #expect(throws: SocketError(.notFound)) { try probe.host.secrets.get(setting: "other").get() }
    let table = try #require(host.receiver(TOMPION_SECRETS_ID, as: tompion_secrets_receiver_t.self)).pointee
    table.changed(host.provider, "key_file")
    #expect(probe.told == ["secret key_file"])
  }

  @Test func aSecretThatIsReadOnceIsReleasedAtOnce() throws {
    let (_, probe) = try started()
    let bytes = try probe.host.secrets.withBytes(setting: "key_file") {
      #expect(CapabilityProbe.asked == ["get 0"])
      return CapabilityProbe.bytes($0)
    }.get()
    #expect(bytes == [65, 66, 67] && CapabilityProbe.asked == ["get 0", "release true"])
    #expect(throws: SocketError(.notFound)) {
      try probe.host.secrets.withBytes(setting: "other") { _ in Issue.record("read") }.get()
    }
  }

  @Test func theStoreGivesBackWhatItWasGiven() throws {
    let (_, probe) = try started()
    let store = probe.host.store
    #expect(store.get("cookie") == nil)
    #expect([4, 5, 6].withSpan { store.put("cookie", $0, secret: true) } == .ok)
    #expect(store.get("cookie") == [4, 5, 6])
    #expect(store.forget("cookie") == .ok)
    #expect(store.get("cookie") == nil && CapabilityProbe.asked == ["put 1", "put 0"])
  }

  @Test func packetsAreProvedWithinTheirLimits() throws {
    let (host, probe) = try started()
    let proving = probe.host.authentication
    let one = try proving.open(scheme: "symmetric", .client(server: "ntp.example.net", source: 3), key: "12").get()
    #expect(one.association == 6 && one.isReady && proving.growth(6) == 20)
    #expect(try !proving.open(scheme: "nts", .server).get().isReady)
    #expect(CapabilityProbe.asked == ["associate symmetric 1 ntp.example.net 12 3", "associate nts 2   0"])
    var bytes: [UInt8] = [1, 2, 0, 0]
    var packet = Protection(length: 2, limit: 3, peer: address, token: 8)
    bytes.withMutableSpan { proving.protect(6, &$0, &packet) }
    #expect(packet.verdict == .ok && packet.length == 3 && packet.key == 5 && bytes == [1, 2, 0xee, 0])
    bytes.withMutableSpan { proving.protect(6, &$0, &packet) }
    #expect(packet.verdict == .refuse && packet.reason == UInt32(TOMPION_REFUSE_NO_ROOM) && packet.length == 3)
    // A length beyond the bytes is cut, whoever said it.
    bytes.withMutableSpan { proving.unprotect(6, &$0, &packet) }
    #expect(packet.verdict == .pending && packet.length == 4)
    let table = try #require(host.receiver(TOMPION_AUTHENTICATE_ID, as: tompion_authenticate_receiver_t.self)).pointee
    bytes.withUnsafeMutableBufferPointer { buffer in
      var fields = tompion_protection_t()
      fields.bytes = buffer.baseAddress
      fields.capacity = 2
      fields.length = 9
      fields.token = 8
      table.decided(host.provider, 6, &fields)
    }
    var peer = address.abi
    table.ready(host.provider, 6, TOMPION_UNREACHABLE, &peer, "gone")
    #expect(probe.told == ["decided 6 8 0 [1, 2]", "ready 6 unreachable 127.0.0.1:4460 gone"])
  }

  @Test func whatAHostLacksIsAnsweredAndWhatAKindDoesNotUseIsNotThere() throws {
    let (host, _) = try started("org.example.plain")
    #expect(host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self) == nil)
    let bare = MockHost()
    bare.missing = [TOMPION_DEVICE_IO_ID]
    #expect(bare.open(capabilityModule.pointer, id: "org.example.capabilities"))
    let probe = try #require(CapabilityProbe.last)
    #expect(!probe.host.streams.isAvailable && !probe.host.store.isAvailable)
    #expect(probe.host.streams.open(.unix("/x")) == .failure(SocketError(.unsupported)))
    #expect(probe.host.devices.open(.serial(), path: "/x") == .failure(SocketError(.unsupported)))
    #expect(probe.host.store.get("x") == nil && probe.host.store.forget("x") == .unsupported)
    var bytes: [UInt8] = [1]
    var packet = Protection(length: 1, limit: 1)
    packet.token = 3
    bytes.withMutableSpan { probe.host.authentication.protect(1, &$0, &packet) }
    #expect(packet.verdict == .refuse && packet.reason == UInt32(TOMPION_REFUSE_UNAVAILABLE))
  }
}

extension Array where Element == UInt8 {
  fileprivate func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(span) }
  fileprivate mutating func withMutableSpan(_ body: (inout MutableSpan<UInt8>) -> Void) {
    var span = mutableSpan
    body(&span)
  }
}
