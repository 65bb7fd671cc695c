// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import TimeTypes
import VirtualHost

/// A small world: one server at 10.0.0.1 (and fd00::1), one client at 10.0.1.1 (and fd00:1::1).
struct Scene {
  /// Where every clock starts: a second of 2026.
  static let epoch = TimeInterval.seconds(1_790_000_000)
  static let serverAddress = VirtualAddress.ipv4(10, 0, 0, 1)
  static let serverAddress6 = VirtualAddress.ipv6(0xfd00_0000_0000_0000, 1)
  static let clientAddress = VirtualAddress.ipv4(10, 0, 1, 1)
  static let clientAddress6 = VirtualAddress.ipv6(0xfd00_0001_0000_0000, 1)

  let world: VirtualWorld
  let server: VirtualHost
  let client: VirtualHost

  /// - Parameters:
  ///   - clientOffset: the client's clock minus the server's at the start.
  ///   - clientFrequency: of the client's clock against its raw counter.
  init(
    path: PathModel = PathModel(constant: .milliseconds(10)), seed: UInt64 = 1, clientOffset: TimeInterval = .zero,
    clientFrequency: Frequency = .zero, clientOscillator: ModelOscillator = ModelOscillator()
  ) {
    world = VirtualWorld(seed: seed, defaultPath: path)
    let start = RawInstant(nanoseconds: 0)
    let serverOscillator = ModelOscillator(start: RawInstant(nanoseconds: 77_000_000_000))
    server = world.addHost(
      addresses: [Self.serverAddress, Self.serverAddress6],
      clock: ModelClock(time: Self.epoch, at: serverOscillator.raw(at: start)), oscillator: serverOscillator)
    client = world.addHost(
      addresses: [Self.clientAddress, Self.clientAddress6],
      clock: ModelClock(
        time: Self.epoch + clientOffset, at: clientOscillator.raw(at: start), frequency: clientFrequency),
      oscillator: clientOscillator)
    world.names["server.example"] = [Self.serverAddress]
    world.names["server6.example"] = [Self.serverAddress6]
  }

  /// A synchronized clock's page, as the engine of a stratum-1 host would publish it.
  static func info(stratum: UInt8 = 1, referenceID: UInt32 = 0x4750_5300) -> tompion_clock_info_t {
    var info = tompion_clock_info_t()
    info.leap = UInt8(TOMPION_LEAP_NONE)
    info.stratum = stratum
    info.reference_ns = epoch.nanoseconds - 1_000_000_000
    info.root_dispersion_ns = 1_000_000
    info.dispersion_rate_ppb = 15_000
    info.reference_id = referenceID
    info.precision = -30
    info.synchronized = 1
    return info
  }

  @discardableResult
  func startServer(
    _ origin: ProviderOrigin = .linked, allow: [String] = ["all"], info: tompion_clock_info_t = info()
  ) throws -> VirtualProvider {
    server.publish(info)
    return try Self.startServer(on: server, origin, allow: allow)
  }

  @discardableResult
  static func startServer(
    on host: VirtualHost, _ origin: ProviderOrigin = .linked, allow: [String] = ["all"]
  ) throws -> VirtualProvider {
    try host.start(
      origin.server(), provider: "ntp-server",
      settings: allow.enumerated().map { ProviderSetting(path: "allow[\($0.offset)]", value: .string($0.element)) })
  }

  @discardableResult
  func startClient(
    _ origin: ProviderOrigin = .linked, address: String = "10.0.0.1", options: [String: ProviderSetting.Value] = [:]
  ) throws -> VirtualProvider {
    try Self.startClient(on: client, origin, address: address, options: options)
  }

  @discardableResult
  static func startClient(
    on host: VirtualHost, _ origin: ProviderOrigin = .linked, address: String,
    options: [String: ProviderSetting.Value] = [:]
  ) throws -> VirtualProvider {
    let settings: [String: ProviderSetting.Value] = ["address": .string(address)].merging(options) { $1 }
    return try host.start(
      origin.client(), provider: "ntp-client",
      settings: settings.sorted { $0.key < $1.key }.map {
        ProviderSetting(path: "source[0].\($0.key)", value: $0.value)
      })
  }

  /// The server's clock when the client's raw counter shows `raw`.
  func reference(at raw: RawInstant) -> TimeInterval {
    server.clock.time(at: server.oscillator.raw(at: client.oscillator.moment(of: raw)))
  }

  /// How far the sample's offset is from the truth, in nanoseconds, against the client's clock as it runs now.
  func error(of sample: Sample) -> Double {
    (sample.offset - (reference(at: sample.raw) - client.clock.time(at: sample.raw))).inNanoseconds
  }
}
