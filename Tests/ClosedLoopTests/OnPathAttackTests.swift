// SPDX-License-Identifier: Apache-2.0

import Engine
import NTPClient
import NTPWire
import ProviderHost
import Simulation
import TestSupport
import Testing
import TimeTypes
import VirtualHost

@testable import ClosedLoop

/// Client, engine and a clock in virtual time; the server signs, and somebody on the path sees every packet and alters what comes back.
@Suite(.serialized) struct OnPathAttackTests {
  static let epoch = TimeInterval.seconds(1_790_000_000)
  static let key: UInt32 = 7

  /// What the attacker makes of a signed reply, and how far ahead it should look.
  typealias Attack = (_ reply: [UInt8], _ ahead: TimeInterval) -> [VirtualStub.Reply]

  private final class Loop {
    let world = VirtualWorld(seed: 3, defaultPath: PathModel(constant: .milliseconds(5)))
    let host: VirtualHost
    let discipline: SimulatedDiscipline
    private var nextTick = RawInstant(nanoseconds: 370_000_000)
    var attack: Attack = { reply, _ in [.init(reply)] }
    private(set) var worst = 0.0
    private(set) var isSynchronized = false
    var isWatching = false

    /// The clock runs fast by 20 ppm and the counter with it: without the server's help it is soon off.
    init(auth: String, ahead: TimeInterval) throws {
      host = world.addHost(
        addresses: [.ipv4(10, 1, 0, 1)], clock: ModelClock(time: OnPathAttackTests.epoch),
        oscillator: ModelOscillator(frequency: .partsPerMillion(20)))
      discipline = SimulatedDiscipline(engine: Engine(clock: .system, parameters: EngineParameters()), host: host)
      discipline.tick()
      let module = try CompiledProvider.with("keyed") { try ProviderModule.load(path: $0) }
      _ = try host.start(module, provider: "keyed", settings: [])
      world.addStub(at: .ipv4(10, 6, 6, 1, port: 123)) { [unowned self] bytes, _, now in
        guard let request = try? NTPPacket(parsing: bytes.span) else { return [] }
        let time = NTPTimestamp(utcSince1970: OnPathAttackTests.epoch + now.sinceEpoch)
        let packet = NTPPacket(
          version: request.version, mode: .server, stratum: 1, precision: -30,
          rootDispersion: NTPShort(.microseconds(50)),
          referenceID: ReferenceID(rawValue: 0x4750_5300),
          referenceTimestamp: NTPTimestamp(utcSince1970: OnPathAttackTests.epoch + now.sinceEpoch - .seconds(1)),
          origin: request.transmit, receive: time, transmit: time)
        let reply = OnPathAttackTests.bytes(packet)
        return attack(auth == "none" ? reply : KeyedCode.signed(reply, key: OnPathAttackTests.key), ahead)
      }
      discipline.add(
        try host.start(
          try ProviderModule(path: "built in", pointer: ntpClientModule()), provider: "ntp-client",
          settings: [
            ProviderSetting(path: "source[0].address", value: .string("10.6.6.1")),
            ProviderSetting(path: "source[0].auth", value: .string(auth)),
            ProviderSetting(path: "source[0].min_poll", value: .integer(3)),
            ProviderSetting(path: "source[0].max_poll", value: .integer(3)),
          ]))
    }

    /// The clock's error, seconds.
    var error: Double {
      let raw = host.oscillator.exactRaw(at: world.now)
      return (host.clock.time(at: raw) - (OnPathAttackTests.epoch + world.now.sinceEpoch)).inSeconds
    }

    func run(seconds: Int64) {
      let end = world.now + .seconds(seconds)
      while true {
        let due = host.oscillator.moment(of: nextTick)
        if world.step(until: min(due, end)) {
          discipline.drain()
          nextTick = min(nextTick, host.rawNow + discipline.tickInterval)
          continue
        }
        guard due <= end else { return }
        discipline.tick()
        nextTick = nextTick + discipline.tickInterval
        worst = isWatching ? max(worst, abs(error)) : 0
        isSynchronized = discipline.state.synchronized
      }
    }
  }

  private static func bytes(_ packet: NTPPacket) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: NTPPacket.length)
    var span = out.mutableSpan
    try? packet.write(to: &span)
    return out
  }

  /// The reply's time moved ahead, whatever is behind it kept.
  private static func moved(_ reply: [UInt8], _ ahead: TimeInterval) -> [UInt8] {
    guard var packet = try? NTPPacket(parsing: reply.span) else { return reply }
    let shift = UInt64(ahead.inSeconds * 4_294_967_296)
    packet.receive = NTPTimestamp(rawValue: packet.receive.rawValue &+ shift)
    packet.transmit = NTPTimestamp(rawValue: packet.transmit.rawValue &+ shift)
    return bytes(packet) + reply.dropFirst(NTPPacket.length)
  }

  private static func forgeries(_ reply: [UInt8], _ ahead: TimeInterval) -> [[UInt8]] {
    let plain = Array(moved(reply, ahead).prefix(NTPPacket.length))
    return [
      moved(reply, ahead), plain, plain + [0, 0, 0, 0], KeyedCode.signed(plain, key: 8),
      KeyedCode.signed(plain, key: 0),
      plain + reply.suffix(20),
    ]
  }

  /// Forged replies come before each true one, for an hour: the clock is followed as if there were none.
  @Test(arguments: [TimeInterval.milliseconds(2), .milliseconds(500), .seconds(3600)])
  func forgeriesBesideTheTrueRepliesMoveNothing(_ ahead: TimeInterval) throws {
    let loop = try Loop(auth: "key:7", ahead: ahead)
    loop.run(seconds: 300)
    #expect(loop.isSynchronized && abs(loop.error) < 50e-6)
    loop.isWatching = true
    loop.attack = { reply, ahead in
      Self.forgeries(reply, ahead).map { .init($0) } + [.init(reply, after: .microseconds(10))]
    }
    loop.run(seconds: 3600)
    #expect(loop.worst < 50e-6, "\(loop.worst)")
    #expect(loop.isSynchronized && loop.discipline.steps == 0)
  }

  /// Every true reply is replaced by forged ones: the clock coasts on what it learned, and does not go where they point.
  @Test(arguments: [TimeInterval.milliseconds(2), .milliseconds(500), .seconds(3600)])
  func forgeriesInPlaceOfTheTrueRepliesMoveNothing(_ ahead: TimeInterval) throws {
    let loop = try Loop(auth: "key:7", ahead: ahead)
    loop.run(seconds: 300)
    let samples = loop.discipline.samples
    loop.isWatching = true
    loop.attack = { reply, ahead in Self.forgeries(reply, ahead).map { .init($0) } }
    loop.run(seconds: 3600)
    #expect(loop.discipline.samples == samples, "not one is a sample")
    #expect(loop.worst < 200e-6 && loop.discipline.steps == 0, "\(loop.worst)")
  }

  /// The control: without authentication the same forgeries move it.
  @Test func withoutProofTheSameForgeriesMoveTheClock() throws {
    let loop = try Loop(auth: "none", ahead: .milliseconds(500))
    loop.run(seconds: 300)
    #expect(loop.isSynchronized && abs(loop.error) < 50e-6)
    loop.attack = { reply, ahead in [.init(Self.moved(reply, ahead))] }
    loop.run(seconds: 3600)
    #expect(loop.error > 0.4)
  }
}
