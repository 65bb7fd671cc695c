// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing
import TimeTypes

@testable import NTPClient

/// The provider through the C tables: settings, names, pools, commands, events.
@Suite(.serialized)
struct ProviderTests {
  private func started(_ sources: [(String, [String: Int64], [String: Bool])], names: [String: [SocketAddress]])
    -> ClientScene
  {
    let scene = ClientScene()
    scene.names = names
    for (index, source) in sources.enumerated() { scene.addSource(index, source.0, source.1, flags: source.2) }
    #expect(scene.start() == TOMPION_OK)
    return scene
  }

  private func samples(_ scene: ClientScene, of source: UInt32?) -> Int {
    scene.host.samples.count { $0.source == source }
  }

  @Test func wrongSettingsAreRefusedByInit() {
    let scene = ClientScene()
    scene.addSource(0, "a.example", ["port": 0, "version": 9])
    #expect(scene.start() == TOMPION_INVALID)
    #expect(scene.host.refusals.map(\.index) == [1, 2] && scene.host.sources.isEmpty)
    #expect(scene.host.refusals.map(\.text) == ["a whole number from 1 to 65535", "a whole number from 3 to 4"])
  }

  @Test(arguments: [TOMPION_SOURCE_ID, TOMPION_PACKET_IO_ID, TOMPION_TIMER_ID])
  func aHostWithoutWhatIsNeededIsToldSo(id: String) {
    let scene = ClientScene()
    scene.host.missing = [id]
    scene.addSource(0, "a.example")
    #expect(scene.start() == TOMPION_UNSUPPORTED)
    #expect(scene.host.logs.contains { $0.contains(id.split(separator: ".").last ?? "") }, "\(scene.host.logs)")
  }

  @Test func aSourceByAddressIsNamedOnce() {
    let scene = started(
      [("127.0.0.1", ["port": 11_123], [:]), ("a.example", [:], [:])],
      names: ["127.0.0.1": [SocketAddress(ipv4: 0x7f00_0001)], "a.example": [ClientScene.address(1)]])
    scene.run(seconds: 30)
    let texts = scene.host.events.filter { $0.number == 37 }.map(\.text).sorted()
    #expect(texts == ["valid replies from 127.0.0.1:11123", "valid replies from a.example (192.0.2.1:123)"])
    typealias Client = NTPClientProvider
    #expect(Client.text(name: "2001:db8::1", address: "[2001:db8::1]:123") == "[2001:db8::1]:123")
    #expect(Client.text(name: "192.0.2.1", address: "192.0.2.10:123") == "192.0.2.1 (192.0.2.10:123)")
    #expect(Client.text(name: "a.example", address: "") == "a.example")
  }

  @Test func aNameWithADeadFirstAddress() throws {
    let dead = ClientScene.address(1)
    let scene = started(
      [("a.example", ["min_poll": 4], [:])], names: ["a.example": [dead, ClientScene.address(2)]])
    scene.silent = [dead]
    scene.run(seconds: 300)
    // It never had a measurement, so it is the same source all the time.
    #expect(scene.host.sources.count == 1 && scene.host.removedSources.isEmpty)
    let source = try #require(scene.addresses["192.0.2.2:123"])
    #expect(samples(scene, of: source) > 4 && scene.host.lookups.count == 1)
    #expect(scene.host.events.map(\.number) == [47, 37])
    // Now the other way round: the engine's memory is of another server, so the source gets a new name.
    scene.silent = [ClientScene.address(2)]
    scene.run(seconds: 2000)
    #expect(scene.host.removedSources.contains(source) && scene.host.sources.count == 1)
    #expect(scene.addresses["192.0.2.1:123"] != nil && scene.host.samples.last?.source != source)
  }

  @Test func anOutageOfAnHourCostsTheSourceNothing() throws {
    let server = ClientScene.address(1)
    let scene = started([("a.example", ["min_poll": 4, "max_poll": 4], [:])], names: ["a.example": [server]])
    scene.run(seconds: 600)
    let source = try #require(scene.source(named: "a.example"))
    scene.silent = [server]
    scene.run(seconds: 3600)
    let before = samples(scene, of: source)
    scene.silent = []
    scene.run(seconds: 60)
    #expect(scene.host.removedSources.isEmpty && scene.host.sources.count == 1 && samples(scene, of: source) > before)
    #expect(scene.host.events.map(\.number) == [37, 38, 47, 37])
    #expect(
      scene.host.events.map(\.text)[2]
        == "a.example (192.0.2.1:123): no valid reply in 8 polls; looking the name up again, asking on at up to 16 s")
  }

  @Test func aFamilyWithoutARouteGivesWayAtOnce() {
    let ipv6 = ReferenceIDTests.documentation
    let scene = started([("a.example", [:], [:])], names: ["a.example": [ipv6, ClientScene.address(1)]])
    scene.host.openStatus[UInt8(TOMPION_FAMILY_IPV6)] = TOMPION_UNREACHABLE
    scene.run(seconds: 10)
    #expect(scene.host.samples.count >= 3 && scene.addresses["192.0.2.1:123"] != nil)
  }

  @Test func aPoolTakesFourOfTenAddressesAndReplacesOneAtATime() throws {
    let ten = (1...10).map { ClientScene.address($0) }
    let scene = started([("pool.example", ["min_poll": 4, "retry": 16], ["pool": true])], names: ["pool.example": ten])
    scene.run(seconds: 60)
    let first = scene.addresses
    #expect(first.count == 4 && scene.host.sources.count == 4)
    #expect(Set(first.keys).isSubset(of: Set(ten.map(\.description))))
    for source in first.values { #expect(samples(scene, of: source) >= 8) }

    // One dies: another takes its place, the others stay.
    let victim = try #require(ten.first { first[$0.description] != nil })
    scene.silent = [victim]
    scene.run(seconds: 1000)
    let second = scene.addresses
    #expect(second.count == 4 && second[victim.description] == nil)
    #expect(second.filter { first[$0.key] == $0.value }.count == 3)
    #expect(scene.host.removedSources == [first[victim.description]])

    // All die, and nobody else answers: never more than one is exchanged for an untried one.
    scene.silent = Set(ten)
    var most = 0
    scene.watch = { scene in
      most = max(most, scene.addresses.keys.count { second[$0] == nil })
    }
    scene.run(seconds: 20_000)
    #expect(most == 1)
  }

  @Test func updateConfigKeepsWhatStays() throws {
    let names = Dictionary(uniqueKeysWithValues: (1...4).map { ("s\($0)", [ClientScene.address($0)]) })
    let scene = started((1...3).map { ("s\($0)", [:], [:]) }, names: names)
    scene.run(seconds: 200)
    let kept = try #require(scene.source(named: "s1"))
    let gone = try #require(scene.source(named: "s2"))
    let changed = try #require(scene.source(named: "s3"))
    let before = try #require(scene.info(kept))
    #expect(before.reach != 0 && before.replies > 8)

    // A wrong file changes nothing.
    scene.host.clearSettings()
    scene.addSource(0, "s1", ["port": 0])
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID)
    scene.run(seconds: 100)
    #expect(scene.host.removedSources.isEmpty && scene.host.sources.count == 3)

    scene.host.clearSettings()
    scene.addSource(0, "s4")
    scene.addSource(1, "s3", flags: ["prefer": true])
    scene.addSource(2, "s1")
    let lookups = scene.host.lookups.count
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.run(seconds: 200)
    #expect(scene.source(named: "s1") == kept && scene.info(kept)?.replies ?? 0 > before.replies)
    #expect(Set(scene.host.removedSources) == [gone, changed] && scene.host.sources.count == 3)
    let preferred = try #require(scene.source(named: "s3"))
    #expect((scene.info(preferred)?.flags ?? 0) & TOMPION_SOURCE_PREFER != 0)
    #expect(samples(scene, of: scene.source(named: "s4")) >= 8 && samples(scene, of: preferred) >= 8)
    #expect(scene.host.lookups.dropFirst(lookups).map(\.name).sorted() == ["s3", "s4"])
    // The one that stayed goes on in its own rhythm: no new burst.
    #expect(Int(scene.info(kept)?.replies ?? 0) - Int(before.replies) <= 6)
  }

  @Test func updateConfigLeavesARequestOnItsWay() throws {
    let scene = started([("s1", [:], [:])], names: ["s1": [ClientScene.address(1)], "s2": [ClientScene.address(2)]])
    let request = try #require(scene.untilRequest())
    scene.host.clearSettings()
    scene.addSource(0, "s2")
    scene.addSource(1, "s1")
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.host.advance(by: 0)
    scene.answer(request)
    #expect(scene.host.samples.map(\.source) == [scene.source(named: "s1")])
    #expect(scene.host.samples.first?.tx_kind == UInt8(TOMPION_STAMP_KERNEL))
  }

  @Test func adviceIsForOneSource() throws {
    let scene = started(
      [("s1", [:], [:]), ("s2", [:], [:])], names: ["s1": [ClientScene.address(1)], "s2": [ClientScene.address(2)]])
    scene.run(seconds: 30)
    let source = try #require(scene.source(named: "s2"))
    #expect(scene.host.command(TOMPION_COMMAND_POLL_INTERVAL_CHANGED, source: source, value: 8) == TOMPION_OK)
    scene.run(seconds: 1)
    let other = try #require(scene.source(named: "s1"))
    #expect(scene.info(source)?.poll == 8 && scene.info(other)?.poll == 6)
    #expect(scene.host.command(TOMPION_COMMAND_POLL_INTERVAL_CHANGED, source: source, value: .max) == TOMPION_OK)
    scene.run(seconds: 1)
    #expect(scene.info(source)?.poll == 10)
  }

  @Test func aChangedNetworkIsTriedAtOnce() {
    let scene = started([("s1", [:], [:])], names: [:])
    scene.run(seconds: 3600)
    #expect(scene.host.sent.isEmpty && scene.host.events.map(\.number) == [134])
    scene.names["s1"] = [ClientScene.address(1)]
    let lookups = scene.host.lookups.count
    #expect(scene.host.command(TOMPION_COMMAND_NETWORK_CHANGED) == TOMPION_OK)
    scene.run(seconds: 1)
    #expect(scene.host.lookups.count == lookups + 1 && scene.host.samples.count == 1)
    #expect(scene.host.events.map(\.number) == [134, 137, 37])
  }

  @Test func nothingIsLeftAfterTheEnd() {
    let scene = started([("s1", [:], [:])], names: ["s1": [ClientScene.address(1)]])
    _ = scene.untilRequest()
    scene.host.stop()
    #expect(scene.host.sockets.isEmpty && scene.host.timers.isEmpty)
    scene.host.close()
    #expect(scene.host.sources.isEmpty)
  }

  /// A plain source that has to prove itself from now on, on a host without authentication: nothing more is sent, and never without proof.
  @Test func proofAskedForLaterIsNotLeftOut() throws {
    let scene = started([("s1", [:], [:])], names: ["s1": [ClientScene.address(1)]])
    scene.run(seconds: 60)
    let before = try #require(scene.source(named: "s1"))
    let (sent, measured) = (scene.host.sent.count, scene.host.samples.count)
    #expect(measured > 4)
    scene.host.clearSettings()
    scene.addSource(0, "s1")
    scene.host.set("source[0].auth", "key:7")
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.run(seconds: 5000)
    #expect(scene.host.sent.count == sent && scene.host.samples.count == measured)
    #expect(scene.host.removedSources == [before], "the plain one is another source")
    let now = try #require(scene.source(named: "s1").flatMap { scene.info($0) })
    #expect(ClientScene.text(now.last_error).hasPrefix("nothing is sent: no key 7"))
    #expect(now.flags & TOMPION_SOURCE_MUST_AUTHENTICATE != 0 && now.flags & TOMPION_SOURCE_AUTHENTICATED == 0)
  }

  /// What a request that asks for a signature looks like ([MS-SNTP]: leap 3, version 3, mode 3), and that it says nothing else.
  @Test func requestsForASignatureSayNothingOfThisHost() {
    let request = Request(
      serial: 1, nonce: 0x0102_0304_0506_0708, peer: .none, version: 3, timeout: RawInstant(nanoseconds: 0))
    let packet = RequestPacket(request, leap: .unsynchronized)
    #expect(packet.length == 48 && packet.bytes[0] == 0xDB)
    for index in 1..<40 { #expect(packet.bytes[index] == 0) }
    for index in 40..<48 { #expect(packet.bytes[index] == UInt8(index - 39)) }
    #expect(RequestPacket(request).bytes[0] == 0x1B)
  }
}
