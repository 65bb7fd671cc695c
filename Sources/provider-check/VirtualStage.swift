// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import TimeTypes
import VirtualHost

/// A small world in virtual time for one provider: its host, NTP servers wherever it may look for one, and clients that ask it.
final class VirtualStage {
  let world: VirtualWorld
  let host: VirtualHost
  private let client: NodeID
  private let settings: [ProviderSetting]
  private let ports: [UInt16]
  private var serial: UInt8 = 0
  private var isAsking = true

  /// Where every name leads, and every server answers: a documentation address (RFC 5737).
  private static let server = VirtualAddress.ipv4(192, 0, 2, 1)
  private static let asker = VirtualAddress.ipv4(10, 0, 0, 9, port: 40000)
  private static let address = VirtualAddress.ipv4(10, 0, 0, 1)
  /// 2026-01-01 as Unix time.
  private static let epoch = TimeInterval.seconds(1_767_225_600)
  private static let unixToNTP: Int64 = 2_208_988_800

  init(seed: UInt64, settings: [ProviderSetting]) {
    self.settings = settings
    // For five minutes of the hour nothing comes through.
    let path = PathModel(delay: DelayModel(constant: .milliseconds(5)), outages: [2800..<3100])
    world = VirtualWorld(seed: seed, defaultPath: path)
    let start = RawInstant(nanoseconds: 1_000_000_000_000)
    host = world.addHost(
      addresses: [Self.address, .ipv6(0xfd00_0000_0000_0000, 1)], clock: ModelClock(time: Self.epoch, at: start),
      oscillator: ModelOscillator(start: start))
    client = world.addStub(at: Self.asker) { _, _, _ in [] }
    var ports: Set<UInt16> = [123]
    var servers = [Self.server]
    for setting in settings {
      switch setting.value {
      case .integer(let number) where setting.path.hasSuffix("port"):
        if let port = UInt16(exactly: number) { ports.insert(port) }
      case .string(let text):
        world.names[text] = [Self.server]
        if let numeric = VirtualAddress(numeric: text) { servers.append(numeric) }
        if let port = text.split(separator: ":").last.flatMap({ UInt16($0) }) { ports.insert(port) }
      default: break
      }
    }
    self.ports = ports.sorted()
    for server in servers where !server.isSameHost(as: Self.address) {
      for port in self.ports {
        world.addStub(at: server.with(port: port)) { bytes, _, now in [VirtualStub.Reply(Self.reply(to: bytes, now))] }
      }
    }
    ask()
  }

  func start(_ module: ProviderModule, _ descriptor: ProviderDescriptor) throws(ProviderError) -> VirtualProvider {
    try host.start(module, provider: descriptor.id, settings: settings)
  }

  /// From now on nobody asks the provider anything.
  func endQuestions() { isAsking = false }

  /// Each second a client asks at each port: mostly NTP, now and then noise.
  private func ask() {
    guard isAsking else { return }
    serial &+= 1
    for port in ports {
      var bytes = [UInt8](repeating: serial % 16 == 0 ? serial : 0, count: 48)
      bytes[0] = serial % 16 == 0 ? serial : 0x23
      bytes[47] = serial
      world.inject(VirtualDatagram(bytes: bytes, from: Self.asker, to: Self.address.with(port: port)), from: client)
    }
    world.at(world.now + .seconds(1)) { [weak self] in self?.ask() }
  }

  /// A server's answer (RFC 5905, figure 8): stratum 1, without error.
  private static func reply(to request: [UInt8], _ now: RawInstant) -> [UInt8] {
    guard request.count >= 48 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 48)
    bytes[0] = request[0] & 0x38 | 4
    bytes[1] = 1
    bytes[2] = request[2]
    bytes[3] = 0xec
    bytes.replaceSubrange(12..<16, with: Array("GPS\0".utf8))
    let time = epoch + (now - RawInstant(nanoseconds: 0))
    let seconds = UInt64(bitPattern: time.nanoseconds / 1_000_000_000 + unixToNTP)
    let fraction = UInt64(bitPattern: time.nanoseconds % 1_000_000_000) << 32 / 1_000_000_000
    let stamp = (0..<8).map { UInt8(truncatingIfNeeded: (seconds << 32 | fraction) >> (56 - 8 * UInt64($0))) }
    bytes.replaceSubrange(16..<24, with: stamp)
    bytes.replaceSubrange(24..<32, with: request[40..<48])
    bytes.replaceSubrange(32..<40, with: stamp)
    bytes.replaceSubrange(40..<48, with: stamp)
    return bytes
  }
}
