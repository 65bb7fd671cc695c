// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import Testing
import TimeTypes
import VirtualHost

/// The server's binary as its peers and its operator see it.
@Suite struct ServerTests {
  /// Collects what comes to an address; sends what it is told to.
  final class Probe {
    let address: VirtualAddress
    let world: VirtualWorld
    var received: [(bytes: [UInt8], from: VirtualAddress)] = []
    private(set) var node = NodeID(rawValue: -1)

    init(_ address: VirtualAddress, _ world: VirtualWorld) {
      self.address = address
      self.world = world
      node = world.addStub(at: address) { [unowned self] bytes, from, _ in
        received.append((bytes, from))
        return []
      }
    }

    /// Sends one datagram and gives it a second to be answered.
    func ask(_ bytes: [UInt8], _ to: VirtualAddress) -> [(bytes: [UInt8], from: VirtualAddress)] {
      received = []
      world.inject(VirtualDatagram(bytes: bytes, from: address, to: to), from: node)
      world.run(for: .seconds(1))
      return received
    }
  }

  static func request(version: UInt8 = 4, mode: UInt8 = 3, length: Int = 48) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    bytes[0] = version << 3 | mode
    for index in 40..<48 { bytes[index] = UInt8(index) }
    return bytes
  }

  @Test(arguments: ProviderOrigin.allCases)
  func modesOnTheWire(origin: ProviderOrigin) throws {
    let scene = Scene()
    try scene.startServer(origin)
    let probe = Probe(.ipv4(10, 9, 9, 9, port: 5000), scene.world)
    let oldClient = Probe(.ipv4(10, 9, 9, 9, port: 123), scene.world)
    let server = Scene.serverAddress.with(port: 123)
    for version in UInt8(0)...7 {
      for mode in UInt8(0)...7 {
        let isVersion = (1...4).contains(version)
        let expected: UInt8? =
          !isVersion ? nil : mode == 3 ? 4 : mode == 1 ? 2 : mode == 0 && version == 1 ? 4 : nil
        let replies = probe.ask(Self.request(version: version, mode: mode), server)
        #expect(replies.count == (expected == nil ? 0 : 1), "version \(version), mode \(mode)")
        if let expected, let reply = replies.first {
          #expect(reply.bytes.count == 48 && reply.bytes[0] == version << 3 | expected && reply.from == server)
          #expect(reply.bytes[24..<32].elementsEqual(Self.request()[40..<48]))
        }
        let atServerPort = oldClient.ask(Self.request(version: version, mode: mode), server)
        #expect(atServerPort.count == (expected == nil || mode == 0 ? 0 : 1))
      }
    }
  }

  @Test func repliesLeaveFromTheAddressThatWasAsked() throws {
    let world = VirtualWorld(seed: 1, defaultPath: PathModel(constant: .milliseconds(1)))
    let addresses: [VirtualAddress] = [
      .ipv4(10, 0, 0, 1), .ipv4(10, 0, 7, 1), .ipv6(0xfd << 56, 7), .ipv6(0xfd << 56, 8),
    ]
    let host = world.addHost(addresses: addresses, clock: ModelClock(time: Scene.epoch))
    try Scene.startServer(on: host)
    let probe = Probe(.ipv4(10, 9, 9, 9, port: 5000), world)
    let probe6 = Probe(.ipv6(0xfd << 56, 99, port: 5000), world)
    for address in addresses {
      let asked = address.with(port: 123)
      let asking = address.family == UInt8(TOMPION_FAMILY_IPV4) ? probe : probe6
      #expect(asking.ask(Self.request(), asked).map(\.from) == [asked])
    }
  }

  @Test func unsynchronizedUntilThePageSaysOtherwise() throws {
    let scene = Scene()
    try Scene.startServer(on: scene.server)
    let probe = Probe(.ipv4(10, 9, 9, 9, port: 5000), scene.world)
    func ask() -> [UInt8] { probe.ask(Self.request(), Scene.serverAddress.with(port: 123)).first?.bytes ?? [] }
    let before = ask()
    #expect(before.count == 48 && before[0] >> 6 == 3 && before[1] == 16)
    // What an engine publishes whose own clock is served at stratum 10.
    var local = Scene.info(stratum: 10)
    local.synchronized = 0
    scene.server.publish(local)
    let after = ask()
    #expect(after.count == 48 && after[0] >> 6 == 0 && after[1] == 10)
  }

  @Test func refusedClientsAreCountedAndVisible() throws {
    let scene = Scene()
    let server = try scene.startServer(allow: ["10.1.0.0/16", "local-networks"])
    let allowed = Probe(.ipv4(10, 1, 2, 3, port: 5000), scene.world)
    let neighbour = Probe(.ipv4(10, 0, 0, 200, port: 5000), scene.world)
    let refused = Probe(.ipv4(10, 9, 9, 9, port: 5000), scene.world)
    let at = Scene.serverAddress.with(port: 123)
    #expect(allowed.ask(Self.request(), at).count == 1)
    #expect(neighbour.ask(Self.request(), at).count == 1, "in the /24 of the server's own interface")
    #expect(refused.ask(Self.request(), at).isEmpty)
    scene.world.run(for: .seconds(1))
    for _ in 0..<4 { #expect(refused.ask(Self.request(), at).isEmpty) }
    // The first within a second or so, the other four a minute later, and no more lines than that.
    scene.world.run(for: .seconds(120))
    let events = server.messages()
    #expect(events.count == 2, "\(events)")
    #expect(events.first?.contains("refused 1 request") == true)
    #expect(events.last?.contains("refused 4 requests") == true)
    #expect(events.allSatisfy { $0.contains("10.9.9.9") })
    server.instance.command(TOMPION_COMMAND_QUERY)
    let lines = server.messages()
    #expect(lines.contains { $0.contains("2 answered") && $0.contains("5 refused") }, "\(lines)")
    #expect(lines.contains { $0.contains("10.9.9.9 (5)") }, "\(lines)")
    server.instance.command(TOMPION_COMMAND_QUERY)
    #expect(server.messages().isEmpty, "nothing new to say")
  }

  @Test func closedButForLoopbackByDefault() throws {
    let world = VirtualWorld(seed: 1, defaultPath: PathModel(constant: .milliseconds(1)))
    let host = world.addHost(
      addresses: [.ipv4(127, 0, 0, 1), .ipv4(10, 0, 0, 1)], clock: ModelClock(time: Scene.epoch))
    try Scene.startServer(on: host, allow: [])
    let local = Probe(.ipv4(127, 0, 0, 2, port: 5000), world)
    let remote = Probe(.ipv4(10, 0, 0, 2, port: 5000), world)
    #expect(local.ask(Self.request(), .ipv4(127, 0, 0, 1, port: 123)).count == 1)
    #expect(remote.ask(Self.request(), .ipv4(10, 0, 0, 1, port: 123)).isEmpty)
  }

  @Test func aBusyPortNamesItsHolder() throws {
    let scene = Scene()
    try scene.startServer()
    #expect(throws: ProviderError.self) { try scene.startServer() }
    let lines = scene.server.providers.last?.messages() ?? []
    #expect(lines.contains { $0.contains("UDP port 123 is held by ntp-server, provider 1") }, "\(lines)")
    #expect(scene.server.providers.last?.openSockets == 0, "nothing stays open after a failed start")
  }

  @Test func listenAddresses() throws {
    let scene = Scene()
    let module = try ProviderOrigin.linked.server()
    let settings = ["10.0.0.1:11123", "[fd00::1]:11124"].enumerated().map {
      ProviderSetting(path: "listen[\($0.offset)]", value: .string($0.element))
    }
    try scene.server.start(
      module, provider: "ntp-server", settings: settings + [.init(path: "allow[0]", value: .string("all"))])
    let probe = Probe(.ipv4(10, 9, 9, 9, port: 5000), scene.world)
    let probe6 = Probe(.ipv6(0xfd << 56, 99, port: 5000), scene.world)
    #expect(probe.ask(Self.request(), Scene.serverAddress.with(port: 11123)).count == 1)
    #expect(probe.ask(Self.request(), Scene.serverAddress.with(port: 123)).isEmpty)
    #expect(probe6.ask(Self.request(), Scene.serverAddress6.with(port: 11124)).count == 1)
    // An address that is not this host's.
    #expect(throws: ProviderError.self) {
      try scene.server.start(
        module, provider: "ntp-server", settings: [.init(path: "listen[0]", value: .string("10.0.0.77:123"))])
    }
    let lines = scene.server.providers.last?.messages() ?? []
    #expect(lines.contains { $0.contains("no interface has that address") }, "\(lines)")
  }

  @Test func wrongSettingsAreRefusedByKey() throws {
    let scene = Scene()
    let module = try ProviderOrigin.linked.server()
    #expect(throws: ProviderError.self) {
      try scene.server.start(
        module, provider: "ntp-server", settings: [.init(path: "allow[0]", value: .string("10.0.0.0/99"))])
    }
  }

  @Test func randomDatagramsOfEveryLength() throws {
    let scene = Scene(path: PathModel(constant: .microseconds(10)))
    try scene.startServer()
    var random = SimulationRandom(seed: 99)
    let stub = VirtualAddress.ipv4(10, 9, 9, 9, port: 5000)
    var lengths: [Int] = []
    let node = scene.world.addStub(at: stub) { bytes, _, _ in
      lengths.append(bytes.count)
      return []
    }
    var sent = 0
    for length in 1...1500 {
      var bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if length % 3 == 0 { bytes[0] = 0b00_100_011 }
      scene.world.inject(
        VirtualDatagram(bytes: bytes, from: stub, to: Scene.serverAddress.with(port: 123)), from: node)
      sent += 1
      let before = lengths.count
      scene.world.run(for: .milliseconds(1))
      if lengths.count > before { #expect(lengths.count == before + 1 && (lengths.last ?? .max) <= length) }
    }
    #expect(sent == 1500 && lengths.count > 0)
    #expect(scene.server.providers.allSatisfy { $0.outbox.counters.misbehaviour == 0 })
  }

  @Test func twoServersFallSilent() throws {
    let scene = Scene()
    try scene.startServer()
    try Scene.startServer(on: scene.client)
    // A forged request of each mode from one server's port to the other: the answer goes there, and is not answered.
    for mode in UInt8(0)...7 {
      let before = scene.world.datagrams
      scene.world.inject(
        VirtualDatagram(
          bytes: Self.request(mode: mode), from: Scene.clientAddress.with(port: 123),
          to: Scene.serverAddress.with(port: 123)), from: scene.client.node)
      scene.world.run(for: .seconds(60))
      #expect(scene.world.datagrams - before <= 2)
    }
  }
}
