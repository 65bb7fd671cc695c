// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing

/// Writes down what it is asked, and answers by the packet's first byte.
private final class ProbeAuthenticator: Authenticator {
  nonisolated(unsafe) static var last: ProbeAuthenticator?
  var asked: [String] = []

  override init(host: Host) {
    super.init(host: host)
    Self.last = self
  }

  override func openAssociation(_ association: UInt32, _ use: AuthenticationAccess.Use, key: String) -> Status {
    asked.append("open \(association) \(use) \(key)")
    return key == "later" ? .again : key == "wrong" ? .invalid : .ok
  }
  override func closeAssociation(_ association: UInt32) { asked.append("close \(association)") }
  override func growth(_ association: UInt32) -> Int { 24 }
  override func protect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    asked.append(
      "protect \(packet.length) \(packet.limit) \(bytes.count) \(packet.peer) \(packet.token) \(packet.request)")
    switch bytes[0] {
    case 1:
      bytes[packet.length] = 0xee
      packet.accept(length: packet.length + 1, key: 7)
    case 2: packet.refuse(.noRoom, key: 9)
    case 3: packet.leavePending()
    case 4: packet.leaveToOthers()
    default: break
    }
  }
  override func unprotect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    packet.request = 99
    packet.accept(length: packet.length - 1)
  }
}

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.example.authenticator", name: "authenticator", vendor: "v", version: "1", description: "d",
    capabilities: .manyWorkers, receivers: [], scheme: "probe", make: { ProbeAuthenticator(host: $0) }),
  ProviderKind(
    id: "org.example.none", name: "none", vendor: "v", version: "1", description: "d", capabilities: .input,
    receivers: [], make: { Provider(host: $0) }),
])
private let module = ProviderCatalogue.module(
  count: 2, descriptor: { catalogue.descriptor($0) }, open: { catalogue.open($0, $1) })

/// authenticator/1 over C tables on both sides.
@Suite(.serialized) struct AuthenticatorTests {
  private typealias Table = UnsafePointer<tompion_authenticator_t>

  nonisolated(unsafe) fileprivate static var told: [String] = []

  /// The host's side.
  private nonisolated(unsafe) static let hostTable: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_authenticator_host_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_authenticator_host_t(
        size: UInt32(MemoryLayout<tompion_authenticator_host_t>.size), reserved: 0,
        decided: { _, association, packet in
          guard let packet = packet?.pointee else { return TOMPION_INVALID }
          AuthenticatorTests.told.append(
            "decided \(association) \(packet.length) \(packet.limit) \(packet.capacity) \(packet.verdict) \(packet.reason) "
              + "\(packet.key) \(packet.token) \(packet.bytes[0])")
          return association == 5 ? TOMPION_OK : TOMPION_NOT_FOUND
        },
        ready: { _, association, status, peer, text in
          guard let peer = peer?.pointee, let text else { return TOMPION_INVALID }
          AuthenticatorTests.told.append(
            "ready \(association) \(status) \(SocketAddress(peer)) \(String(cString: text))")
          return TOMPION_OK
        }))
    return UnsafeRawPointer(table)
  }()

  private func started(_ id: String = "org.example.authenticator", starts: Bool = true) -> MockHost {
    Self.told = []
    let host = MockHost()
    host.extensions = [TOMPION_AUTHENTICATOR_ID: Self.hostTable]
    #expect(host.open(module.pointer, id: id))
    #expect(host.initialize() == TOMPION_OK)
    if starts { #expect(host.start() == TOMPION_OK) }
    return host
  }

  private func options(
    _ mode: Int32, _ body: (UnsafePointer<tompion_association_options_t>) -> tompion_status, key: String = "12"
  ) -> tompion_status {
    "ntp.example.net".withCString { name in
      key.withCString { key in
        var options = tompion_association_options_t()
        options.size = UInt32(MemoryLayout<tompion_association_options_t>.size)
        options.mode = UInt32(mode)
        options.name = name
        options.key = key
        options.source = 3
        return body(&options)
      }
    }
  }

  @Test func associationsAreOpenedAndClosedBeforeTheStartToo() throws {
    let host = started(starts: false)
    let probe = try #require(ProbeAuthenticator.last)
    let table = try #require(host.receiver(TOMPION_AUTHENTICATOR_ID, as: tompion_authenticator_t.self)).pointee
    #expect(String(cString: table.scheme) == "probe")
    let provider = host.provider
    #expect(options(TOMPION_AUTHENTICATE_CLIENT, { table.open(provider, 4, $0) }) == TOMPION_OK)
    #expect(options(TOMPION_AUTHENTICATE_SERVER, { table.open(provider, 5, $0) }, key: "later") == TOMPION_AGAIN)
    #expect(options(TOMPION_AUTHENTICATE_SERVER, { table.open(provider, 6, $0) }, key: "wrong") == TOMPION_INVALID)
    #expect(options(77, { table.open(provider, 7, $0) }) == TOMPION_INVALID)
    table.close(provider, 4)
    #expect(
      probe.asked == [
        "open 4 client(server: \"ntp.example.net\", source: 3) 12", "open 5 server later", "open 6 server wrong",
        "close 4",
      ])
    #expect(table.growth(provider, 4) == 0, "it does not run yet")
  }

  @Test func eachPacketGetsItsVerdict() throws {
    let host = started()
    let probe = try #require(ProbeAuthenticator.last)
    let table = try #require(host.receiver(TOMPION_AUTHENTICATOR_ID, as: tompion_authenticator_t.self)).pointee
    #expect(table.growth(host.provider, 4) == 24)
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 6 * 8)
    defer { bytes.deallocate() }
    bytes.initialize(repeating: 0)
    var packets = (0..<6).map { index in
      bytes[8 * index] = UInt8(index)
      return tompion_protection_t(
        bytes: bytes.baseAddress! + 8 * index, capacity: 8, length: index == 5 ? 7 : 4, limit: 6,
        verdict: UInt32(TOMPION_VERDICT_REFUSE), reason: UInt32(TOMPION_REFUSE_FAULT), key: 0, token: 5, request: 6,
        peer: SocketAddress(ipv4: 0x7f00_0001, port: 123).abi)
    }
    table.protect(host.provider, 4, &packets, 6)
    let told = packets.map { "\($0.verdict) \($0.reason) \($0.length) \($0.key)" }
    #expect(told == ["1 8 4 0", "0 0 5 7", "1 5 4 9", "2 0 4 0", "3 0 4 0", "1 8 7 0"])
    #expect(bytes[8 + 4] == 0xee)
    #expect(
      probe.asked == [String](repeating: "protect 4 6 8 127.0.0.1:123 5 6", count: 5),
      "the last is longer than its limit")
    table.unprotect(host.provider, 4, &packets, 1)
    #expect(packets[0].verdict == UInt32(TOMPION_VERDICT_OK) && packets[0].length == 3 && packets[0].request == 99)
    host.stop()
    packets[1].verdict = UInt32(TOMPION_VERDICT_REFUSE)
    table.protect(host.provider, 4, &packets, 2)
    #expect(packets[1].verdict == UInt32(TOMPION_VERDICT_REFUSE), "stopped: nothing is decided")
    host.close()
    table.protect(host.provider, 4, &packets, 2)
    table.close(host.provider, 4)
    #expect(options(TOMPION_AUTHENTICATE_SERVER, { table.open(host.provider, 5, $0) }) == TOMPION_INVALID)
  }

  @Test func decisionsAreToldLater() throws {
    _ = started()
    let access = try #require(ProbeAuthenticator.last).host.authenticator
    #expect(access.isAvailable)
    var bytes: [UInt8] = [9, 8, 7]
    var packet = Protection(length: 2, limit: 3, token: 44)
    packet.accept(length: 3, key: 12)
    var span = bytes.mutableSpan
    #expect(access.decided(5, packet, &span) == .ok)
    packet.refuse(.stale)
    #expect(packet.refusal == .stale)
    #expect(access.decided(6, packet, &span) == .notFound)
    #expect(access.ready(5, .ok, peer: SocketAddress(ipv4: 0x7f00_0001, port: 4123)) == .ok)
    #expect(access.ready(5, .unreachable, reason: "no keys") == .ok)
    #expect(
      Self.told == [
        "decided 5 3 3 3 0 0 12 44 9", "decided 6 3 3 3 1 4 0 44 9", "ready 5 0 127.0.0.1:4123 ",
        "ready 5 \(TOMPION_UNREACHABLE)  no keys",
      ])
  }

  @Test func aProviderOfAnotherKindOffersNothing() throws {
    let host = started("org.example.none")
    #expect(host.receiver(TOMPION_AUTHENTICATOR_ID, as: tompion_authenticator_t.self) == nil)
  }
}
