// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderHost
import Simulation
import Testing
import TimeTypes
import VirtualHost

/// The client's binary against servers that lie, in virtual time: counted and refused, or honestly measured; never a trap.
@Suite struct HostileServerTests {
  typealias Forge = @Sendable (_ reply: inout NTPPacket, _ request: NTPPacket) -> Void

  /// A server at 10.6.6.6 whose clock is right and whose replies are then spoilt by `forge`.
  static func scene(
    options: [String: ProviderSetting.Value] = [:], forge: @escaping Forge = { _, _ in },
    spoil: @escaping ([UInt8]) -> [[UInt8]] = { [$0] }
  ) throws -> (scene: Scene, client: VirtualProvider) {
    let scene = Scene()
    scene.world.addStub(at: .ipv4(10, 6, 6, 6, port: 123)) { bytes, _, now in
      guard let request = try? NTPPacket(parsing: bytes.span) else { return [] }
      let time = NTPTimestamp(utcSince1970: Scene.epoch + now.sinceEpoch)
      var reply = NTPPacket(
        version: request.version, mode: .server, stratum: 1, poll: request.poll, precision: -30,
        rootDispersion: NTPShort(.milliseconds(1)), referenceID: ReferenceID(rawValue: 0x4750_5300),
        referenceTimestamp: NTPTimestamp(utcSince1970: Scene.epoch + now.sinceEpoch - .seconds(1)),
        origin: request.transmit, receive: time, transmit: time)
      forge(&reply, request)
      var out = [UInt8](repeating: 0, count: NTPPacket.length)
      var span = out.mutableSpan
      try? reply.write(to: &span)
      return spoil(out).map { VirtualStub.Reply($0) }
    }
    return (scene, try scene.startClient(address: "10.6.6.6", options: options))
  }

  @Test func honestStubIsBelieved() throws {
    let (scene, client) = try Self.scene()
    scene.world.run(for: .seconds(100))
    let samples = client.drain()
    #expect(samples.count >= 4, "the control of this suite: without forgery there are samples")
    for sample in samples { #expect(abs(scene.error(of: sample)) <= ExchangeTests.resolution) }
  }

  static let forgeries: [(name: String, forge: Forge)] = [
    ("stratum 16", { reply, _ in reply.stratum = 16 }),
    ("leap 3", { reply, _ in reply.leap = .unsynchronized }),
    ("wrong nonce", { reply, request in reply.origin = NTPTimestamp(rawValue: request.transmit.rawValue ^ 1) }),
    ("zero origin", { reply, _ in reply.origin = .zero }),
    ("zero receive", { reply, _ in reply.receive = .zero }),
    ("zero transmit", { reply, _ in reply.transmit = .zero }),
    (
      "sent before received",
      { reply, _ in reply.transmit = NTPTimestamp(rawValue: reply.receive.rawValue - (1 << 32)) }
    ),
    ("mode 3", { reply, _ in reply.mode = .client }),
    ("mode 5", { reply, _ in reply.mode = .broadcast }),
    ("version 2", { reply, _ in reply.version = 2 }),
    ("root dispersion 20 s", { reply, _ in reply.rootDispersion = NTPShort(.seconds(20)) }),
    ("turnaround of 10 s", { reply, _ in reply.transmit = NTPTimestamp(rawValue: reply.receive.rawValue + 10 << 32) }),
    ("unknown kiss", { reply, _ in (reply.stratum, reply.referenceID) = (0, ReferenceID(rawValue: 0x5858_5858)) }),
  ]

  @Test(arguments: forgeries.indices)
  func forgeryYieldsNoSample(index: Int) throws {
    let (name, forge) = Self.forgeries[index]
    let (scene, client) = try Self.scene(forge: forge)
    scene.world.run(for: .seconds(200))
    #expect(client.drain().isEmpty, "\(name)")
    let source = client.outbox.sources.snapshot().first
    #expect(source?.replies == 0 && (source?.rejected ?? 0) > 0, "\(name)")
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  /// Three days ahead is a reply like any other: the engine's sanity gate, not the client, refuses it.
  @Test func threeDaysAheadIsMeasured() throws {
    let days = UInt64(3 * 86400) << 32
    let (scene, client) = try Self.scene { reply, _ in
      reply.referenceTimestamp = NTPTimestamp(rawValue: reply.referenceTimestamp.rawValue + days)
      reply.receive = NTPTimestamp(rawValue: reply.receive.rawValue + days)
      reply.transmit = NTPTimestamp(rawValue: reply.transmit.rawValue + days)
    }
    scene.world.run(for: .seconds(100))
    let samples = client.drain()
    #expect(!samples.isEmpty)
    for sample in samples {
      #expect(abs((sample.offset - .seconds(3 * 86400)).inNanoseconds) <= ExchangeTests.resolution)
    }
  }

  @Test(arguments: ["DENY", "RSTR"])
  func kissThatForbidsIsObeyed(code: String) throws {
    let word = code.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let (scene, client) = try Self.scene { reply, _ in
      (reply.stratum, reply.referenceID) = (0, ReferenceID(rawValue: word))
    }
    scene.world.run(for: .seconds(10))
    let sent = scene.world.datagrams
    #expect(client.drain().isEmpty)
    // The default pause after a server was given up is 900 s.
    scene.world.run(for: .seconds(600))
    #expect(scene.world.datagrams == sent, "\(code): the client went on asking")
  }

  @Test func kissThatSlowsDownIsObeyed() throws {
    func requests(forge: @escaping Forge) throws -> Int {
      let (scene, _) = try Self.scene(options: ["min_poll": .integer(4), "max_poll": .integer(10)], forge: forge)
      scene.world.run(for: .seconds(4000))
      return scene.world.datagrams
    }
    let rate = "RATE".utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let plain = try requests { _, _ in }
    let slowed = try requests { reply, _ in (reply.stratum, reply.referenceID) = (0, ReferenceID(rawValue: rate)) }
    #expect(slowed * 4 < plain, "\(slowed) against \(plain) datagrams")
  }

  @Test func copiesAndLateRepliesCountOnce() throws {
    let (scene, client) = try Self.scene(spoil: { [$0, $0, $0] })
    scene.world.run(for: .seconds(300))
    let samples = client.drain()
    #expect(samples.count >= 5)
    #expect(Set(samples.map(\.rawNanoseconds)).count == samples.count)
    #expect(client.outbox.sources.snapshot().first?.replies == UInt32(samples.count))
  }

  @Test func truncatedFlippedAndRandomReplies() throws {
    var random = SimulationRandom(seed: 4)
    let (scene, client) = try Self.scene(
      options: ["min_poll": .integer(3), "max_poll": .integer(3)],
      spoil: { reply in
        (0..<8).map { kind in
          var bytes = reply
          switch kind {
          case 0...2: bytes = Array(bytes.prefix(Int(random.next() % 48)))
          case 3...4:
            // A bit of the origin: anything else could still be an honest reply of another content.
            bytes[24 + Int(random.next() % 8)] ^= 1 << UInt8(random.next() % 8)
          default: bytes = (0..<Int(random.next() % 1501)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          }
          return bytes
        }
      })
    for _ in 0..<20 { scene.world.run(for: .seconds(100)) }
    #expect(client.drain().isEmpty)
    #expect((client.outbox.sources.snapshot().first?.rejected ?? 0) > 100)
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  @Test func aStrangersReplyIsNotHeard() throws {
    let scene = Scene()
    // Right in everything but its sender.
    scene.world.addStub(at: .ipv4(10, 6, 6, 6, port: 123)) { bytes, _, now in
      guard let request = try? NTPPacket(parsing: bytes.span) else { return [] }
      let time = NTPTimestamp(utcSince1970: Scene.epoch + now.sinceEpoch)
      let reply = NTPPacket(
        mode: .server, stratum: 1, referenceTimestamp: time, origin: request.transmit, receive: time, transmit: time)
      var out = [UInt8](repeating: 0, count: NTPPacket.length)
      var span = out.mutableSpan
      try? reply.write(to: &span)
      return [
        .init(out, from: .ipv4(10, 6, 6, 7, port: 123)), .init(out, from: .ipv4(10, 6, 6, 6, port: 124)),
      ]
    }
    let client = try scene.startClient(address: "10.6.6.6")
    scene.world.run(for: .seconds(200))
    #expect(client.drain().isEmpty)
  }
}
