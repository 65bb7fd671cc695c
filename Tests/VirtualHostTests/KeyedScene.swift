// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import NTPWire
import ProviderHost
import Simulation
import TestSupport
import TimeTypes
import VirtualHost

/// A client with a test authenticator, and a server that signs; whoever is on the path alters what comes back.
final class KeyedScene {
  /// The signed reply and its request in, what arrives out.
  typealias Attack = (_ reply: [UInt8], _ request: [UInt8]) -> [VirtualStub.Reply]

  static let key: UInt32 = 7
  let scene = Scene()
  let authenticator: VirtualProvider
  /// Requests as the server got them.
  private(set) var requests: [[UInt8]] = []
  var attack: Attack = { reply, _ in [.init(reply)] }

  init(pending: Bool = false) throws {
    let module = try CompiledProvider.with("keyed") { try ProviderModule.load(path: $0) }
    authenticator = try scene.client.start(
      module, provider: "keyed",
      settings: pending ? [ProviderSetting(path: "pending", value: .string("yes"))] : [])
    for last in UInt8(1)...4 { addServer(last) }
    scene.world.names["signed.example"] = (1...4).map { .ipv4(10, 6, 6, $0) }
  }

  /// A server at 10.6.6.`last` whose clock is right.
  private func addServer(_ last: UInt8) {
    scene.world.addStub(at: .ipv4(10, 6, 6, last, port: 123)) { [unowned self] bytes, _, now in
      requests.append(bytes)
      guard let request = try? NTPPacket(parsing: bytes.span) else { return [] }
      return attack(KeyedCode.signed(Self.reply(to: request, at: now), key: Self.key), bytes)
    }
  }

  static func reply(
    to request: NTPPacket, at now: RawInstant, ahead: TimeInterval = .zero, stratum: UInt8 = 1,
    referenceID: UInt32 = 0x4750_5300
  ) -> [UInt8] {
    let time = NTPTimestamp(utcSince1970: Scene.epoch + now.sinceEpoch + ahead)
    return bytes(
      NTPPacket(
        version: request.version, mode: .server, stratum: stratum, poll: request.poll, precision: -30,
        rootDispersion: NTPShort(.milliseconds(1)), referenceID: ReferenceID(rawValue: referenceID),
        referenceTimestamp: NTPTimestamp(utcSince1970: Scene.epoch + now.sinceEpoch + ahead - .seconds(1)),
        origin: request.transmit, receive: time, transmit: time))
  }

  static func bytes(_ packet: NTPPacket) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: NTPPacket.length)
    var span = out.mutableSpan
    try? packet.write(to: &span)
    return out
  }

  func startClient(
    auth: String = "key:7", address: String = "10.6.6.1", options: [String: ProviderSetting.Value] = [:]
  ) throws -> VirtualProvider {
    try scene.startClient(address: address, options: options.merging(["auth": .string(auth)]) { $1 })
  }

  func run(seconds: Int64) { scene.world.run(for: .seconds(seconds)) }

  /// Lets time pass while the authenticator decides a hundred times a second.
  func runDeciding(seconds: Int64) {
    for _ in 0..<(seconds * 100) {
      scene.world.run(for: .milliseconds(10))
      authenticator.instance.command(100)
    }
  }
}
