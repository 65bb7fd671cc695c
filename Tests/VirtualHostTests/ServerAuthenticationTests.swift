// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Testing
import TimeTypes
import VirtualHost

/// The server with an authenticator beside it (Tests/Providers/authenticator.c): four bytes behind the packet, their sum with a key.
@Suite(.serialized) struct ServerAuthenticationTests {
  private struct Place {
    let scene: Scene
    let server: VirtualProvider
    let authenticator: VirtualProvider?
    let probe: ServerTests.Probe

    func ask(_ bytes: [UInt8]) -> [[UInt8]] { probe.ask(bytes, Scene.serverAddress.with(port: 123)).map(\.bytes) }

    /// What the server says of its requests.
    func counters() -> String {
      _ = server.messages()
      server.instance.command(TOMPION_COMMAND_QUERY)
      return server.messages().joined(separator: "\n")
    }
  }

  private func place(
    unsigned: String? = nil, always: String = "", hasAuthenticator: Bool = true, more: [ProviderSetting] = []
  ) throws -> Place {
    let scene = Scene()
    scene.server.publish(Scene.info())
    var authenticator: VirtualProvider?
    if hasAuthenticator {
      authenticator = try scene.server.start(
        try ServicesTests.module("authenticator"), provider: "authenticator",
        settings: [ProviderSetting(path: "always", value: .string(always))])
    }
    var settings = [
      ProviderSetting(path: "allow", value: .string("all")),
      ProviderSetting(path: "authenticate", value: .string("sum")),
    ]
    if let unsigned { settings.append(ProviderSetting(path: "unsigned", value: .string(unsigned))) }
    let server = try scene.server.start(
      ProviderOrigin.linked.server(), provider: "ntp-server", settings: settings + more)
    return Place(
      scene: scene, server: server, authenticator: authenticator,
      probe: ServerTests.Probe(.ipv4(10, 9, 9, 9, port: 5000), scene.world))
  }

  private static func sum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let code = bytes.reduce(UInt32(0x5eed)) { $0 &* 31 &+ UInt32($1) }
    return (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) }
  }

  private static var signed: [UInt8] {
    let plain = ServerTests.request()
    return plain + sum(plain[...])
  }

  @Test func aProvenRequestGetsAProvenReply() throws {
    let place = try place()
    let reply = try #require(place.ask(Self.signed).first)
    #expect(reply.count == 52 && reply[0] & 7 == 4 && reply[1] == 1)
    #expect(Array(reply[48...]) == Self.sum(reply[..<48]), "the code is of all that was sent")
    #expect(place.ask(ServerTests.request()).map(\.count) == [48], "plain ones get plain ones")
    var wrong = Self.signed
    wrong[30] ^= 1
    #expect(place.ask(wrong).isEmpty)
    #expect(place.counters().contains("2 answered, 1 unverifiable code"))
  }

  @Test(arguments: [("none", [Int]()), ("registered", []), ("all", [48])])
  func whoProvesNothingIsAnsweredAsTheOperatorSays(unsigned: String, lengths: [Int]) throws {
    let place = try place(unsigned: unsigned)
    #expect(place.ask(ServerTests.request()).map(\.count) == lengths)
    #expect(place.ask(Self.signed).map(\.count) == [52])
    if lengths.isEmpty { #expect(place.counters().contains("1 answered, 1 unsigned")) }
  }

  @Test func withoutTheAuthenticatorNoCodeIsAnswered() throws {
    let place = try place(hasAuthenticator: false)
    #expect(place.ask(ServerTests.request() + [UInt8](repeating: 7, count: 20)).isEmpty)
    #expect(place.ask(ServerTests.request()).map(\.count) == [48])
    let keyless = ServerTests.request() + [0, 0, 0, 0] + [UInt8](repeating: 7, count: 16)
    #expect(place.ask(keyless).map(\.count) == [48], "key 0 is no key")
    // It comes later, and is found.
    _ = try place.scene.server.start(
      try ServicesTests.module("authenticator"), provider: "authenticator", settings: [])
    place.scene.world.run(for: .seconds(130))
    #expect(place.ask(Self.signed).map(\.count) == [52])
  }

  @Test func anAuthenticatorThatEndsLeavesNoPlainAnswer() throws {
    let place = try place()
    #expect(place.ask(Self.signed).count == 1)
    place.authenticator?.instance.close()
    #expect(place.ask(ServerTests.request() + [UInt8](repeating: 7, count: 20)).isEmpty)
  }

  @Test func whatIsSignedLaterIsSentThen() throws {
    let place = try place(always: "pend")
    #expect(place.ask(Self.signed).isEmpty, "nobody has signed it yet")
    place.scene.world.run(for: .milliseconds(50))
    place.probe.received = []
    place.authenticator?.instance.command(100)
    place.scene.world.run(for: .milliseconds(100))
    #expect(place.probe.received.isEmpty, "its client has given up: stale_after has passed")
    #expect(place.counters().contains("1 stale"))
    let server = Scene.serverAddress.with(port: 123)
    place.scene.world.inject(
      VirtualDatagram(bytes: Self.signed, from: place.probe.address, to: server), from: place.probe.node)
    place.scene.world.run(for: .milliseconds(15))
    place.authenticator?.instance.command(100)
    place.scene.world.run(for: .milliseconds(100))
    let reply = try #require(place.probe.received.first)
    #expect(reply.bytes.count == 52 && reply.from == server)
    #expect(Array(reply.bytes[48...]) == Self.sum(reply.bytes[..<48]))
    #expect(place.counters().contains("1 answered"))
  }

  @Test func theWaitForASignatureIsInTheRootDispersion() throws {
    let place = try place(always: "pend")
    let server = Scene.serverAddress.with(port: 123)
    /// The reply's, s, where a signature takes so many milliseconds; nil = no reply.
    func dispersion(_ wait: Int64) -> Double? {
      place.probe.received = []
      place.scene.world.inject(
        VirtualDatagram(bytes: Self.signed, from: place.probe.address, to: server), from: place.probe.node)
      // 10 ms of path.
      place.scene.world.run(for: .milliseconds(10 + wait))
      place.authenticator?.instance.command(100)
      place.scene.world.run(for: .milliseconds(100))
      return place.probe.received.first.map { Double($0.bytes[8..<12].reduce(0) { $0 << 8 | UInt32($1) }) / 65536 }
    }
    let first = try #require(dispersion(5))
    #expect(first > 0.010 && first < 0.013, "what is expected before anything is known: \(first) s")
    #expect(dispersion(100) == nil, "longer than it says")
    #expect(place.counters().contains("1 signed too late"))
    let third = try #require(dispersion(100))
    #expect(third > 0.200 && third < 0.215, "twice the longest of late: \(third) s")
    for _ in 0..<200 { _ = dispersion(1) }
    let last = try #require(dispersion(1))
    #expect(last > 0.002 && last < 0.02, "it fades: \(last) s")
  }

  @Test func aSchemeOutOfReachIsToldOf() throws {
    let place = try place()
    #expect(place.ask(Self.signed).count == 1)
    _ = place.server.messages()
    place.authenticator?.instance.stop()
    #expect(place.ask(Self.signed).isEmpty)
    place.scene.world.run(for: .seconds(3))
    #expect(place.server.messages().filter { $0.contains("cannot be asked by every worker") }.count == 1)
  }

  @Test(arguments: ["silent", "verdict", "long", "empty", "moved", "none"])
  func whatCannotBeSignedIsNotSent(always: String) throws {
    let place = try place(always: always)
    #expect(place.ask(Self.signed).isEmpty)
    #expect(place.counters().contains("1 not signed"))
  }

  @Test func aClientBeyondItsRateIsNotChecked() throws {
    let place = try place(more: [
      ProviderSetting(path: "rate_limit", value: .real(0.001)), ProviderSetting(path: "rate_burst", value: .integer(1)),
      ProviderSetting(path: "rate_leak", value: .integer(0)), ProviderSetting(path: "rate_kiss", value: .integer(1)),
    ])
    #expect(place.ask(Self.signed).count == 1)
    #expect(place.ask(Self.signed).isEmpty, "and no unsigned kiss")
    #expect(place.counters().contains("1 over the rate"))
  }
}
