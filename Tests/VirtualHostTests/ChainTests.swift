// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import Testing
import TimeTypes
import VirtualHost

/// Three servers in a row and a client at the end: what is said of the root grows with each.
@Suite struct ChainTests {
  @Test(arguments: ProviderOrigin.allCases)
  func strataAndRootTermsGrow(origin: ProviderOrigin) throws {
    let world = VirtualWorld(seed: 3, defaultPath: PathModel(constant: .milliseconds(5)))
    let addresses = (1...4).map { VirtualAddress.ipv4(10, 0, UInt8($0), 1) }
    let hosts = addresses.map { world.addHost(addresses: [$0], clock: ModelClock(time: Scene.epoch)) }
    hosts[0].publish(Scene.info())
    for host in hosts.dropLast() { try Scene.startServer(on: host, origin) }
    var clients: [VirtualProvider] = []
    var samples: [[Sample]] = []
    for index in 1...3 {
      let client = try Scene.startClient(
        on: hosts[index], origin, address: "10.0.\(index).1",
        options: ["min_poll": .integer(4), "max_poll": .integer(4)])
      clients.append(client)
      world.run(for: .seconds(200))
      let seen = client.drain()
      samples.append(seen)
      let last = try #require(seen.last, "\(client.messages())")
      // What this host's engine would publish from it (RFC 5905, section 11.2.3: root delay and dispersion add up).
      #expect(last.referenceID == ReferenceID(rawValue: 0x0a00_0001 + UInt32(index) << 8))
      var info = Scene.info(stratum: last.stratum + 1, referenceID: last.referenceID.rawValue)
      info.reference_ns = hosts[index].clock.time(at: hosts[index].rawNow).nanoseconds
      info.root_delay_ns = last.rootDelayNanoseconds + UInt64(max(0, last.delayNanoseconds))
      info.root_dispersion_ns = last.rootDispersionNanoseconds + last.dispersionNanoseconds
      hosts[index].publish(info)
    }
    #expect(samples.map { $0.last?.stratum } == [1, 2, 3])
    let delays = samples.compactMap { $0.last?.rootDelayNanoseconds }
    let dispersions = samples.compactMap { $0.last?.rootDispersionNanoseconds }
    // 10 ms of round trip for each hop, rounded up to 2⁻¹⁶ s at each.
    for (hop, delay) in delays.enumerated() {
      #expect((0..<20_000 * (hop + 1)).contains(Int(delay) - hop * 10_000_000))
    }
    #expect(dispersions == dispersions.sorted() && Set(dispersions).count == 3)
    // Between updates of its clock a server's root dispersion grows by 15 ppm: over 200 s, 3 ms.
    for seen in samples {
      let first = try #require(seen.first)
      let last = try #require(seen.last)
      let elapsed = Double(last.rawNanoseconds - first.rawNanoseconds)
      let growth = Double(last.rootDispersionNanoseconds) - Double(first.rootDispersionNanoseconds)
      #expect(elapsed > 100e9)
      #expect(abs(growth - elapsed * 15e-6) <= 1e9 / 65536)
    }
  }

  /// A link of the chain that loses its reference: its clients see it at their next poll.
  @Test func aLinkThatGoesUnsynchronizedIsRefused() throws {
    let scene = Scene()
    try scene.startServer()
    let client = try scene.startClient(options: ["min_poll": .integer(4), "max_poll": .integer(4)])
    scene.world.run(for: .seconds(100))
    #expect(!client.drain().isEmpty)
    var lost = Scene.info(stratum: 16)
    lost.leap = UInt8(TOMPION_LEAP_UNSYNCHRONIZED)
    scene.server.publish(lost)
    let rejected = client.outbox.sources.snapshot().first?.rejected ?? 0
    scene.world.run(for: .seconds(60))
    #expect(client.drain().isEmpty)
    #expect((client.outbox.sources.snapshot().first?.rejected ?? 0) > rejected)
    scene.server.publish(Scene.info())
    scene.world.run(for: .seconds(60))
    #expect(!client.drain().isEmpty, "it comes back")
  }
}
