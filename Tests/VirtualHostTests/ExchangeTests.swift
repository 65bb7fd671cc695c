// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import Testing
import TimeTypes
import VirtualHost

/// The client's and the server's binaries measure each other: what a sample says is what the models know.
@Suite struct ExchangeTests {
  /// Rounding of two stamps of 2⁻³² s, and of raw stamps to whole nanoseconds.
  static let resolution = 1.5

  @Test(arguments: ProviderOrigin.allCases, [Int64(0), 250_000_000, -250_000_000, 86_400_000_000_000])
  func symmetricPath(origin: ProviderOrigin, offset: Int64) throws {
    let scene = Scene(clientOffset: TimeInterval(nanoseconds: offset))
    try scene.startServer(origin)
    let client = try scene.startClient(origin)
    scene.world.run(for: .seconds(200))
    let samples = client.drain()
    #expect(samples.count >= 5, "\(client.messages())")
    for sample in samples {
      #expect(abs(sample.offset.inNanoseconds + Double(offset)) <= Self.resolution)
      #expect(abs(scene.error(of: sample)) <= Self.resolution)
      #expect(abs(sample.delayNanoseconds - 20_000_000) <= 1)
      #expect(sample.stratum == 1 && sample.referenceID.rawValue == 0x0a00_0001 && sample.leap == .none)
      #expect(sample.flags.contains(.reply))
      #expect(sample.receiveKind == .kernel && sample.transmitKind == .kernel)
    }
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  @Test(arguments: ["server.example", "server6.example"])
  func byNameAndByIPv6(name: String) throws {
    let scene = Scene(clientOffset: .milliseconds(3))
    try scene.startServer()
    let client = try scene.startClient(address: name)
    scene.world.run(for: .seconds(100))
    let samples = client.drain()
    #expect(!samples.isEmpty, "\(client.messages())")
    for sample in samples { #expect(abs(sample.offset.inNanoseconds + 3_000_000) <= Self.resolution) }
  }

  @Test func asymmetricPathGivesHalfTheAsymmetry() throws {
    let scene = Scene()
    scene.world.network.setPath(PathModel(constant: .milliseconds(30)), from: scene.client.node, to: scene.server.node)
    scene.world.network.setPath(PathModel(constant: .milliseconds(4)), from: scene.server.node, to: scene.client.node)
    try scene.startServer()
    let client = try scene.startClient()
    scene.world.run(for: .seconds(100))
    let samples = client.drain()
    #expect(!samples.isEmpty)
    for sample in samples {
      // T2 comes late: the reference seems (30 − 4) / 2 ms ahead.
      #expect(abs(sample.offset.inNanoseconds - 13_000_000) <= Self.resolution)
      #expect(abs(sample.delayNanoseconds - 34_000_000) <= 1)
    }
  }

  @Test func clockThatGains() throws {
    let scene = Scene(
      clientOffset: .milliseconds(5), clientFrequency: .partsPerMillion(40),
      clientOscillator: ModelOscillator(start: RawInstant(nanoseconds: 5_000), frequency: .partsPerMillion(-12)))
    scene.server.receiveLatency = .microseconds(300)
    try scene.startServer()
    let client = try scene.startClient()
    scene.world.run(for: .seconds(300))
    let samples = client.drain()
    #expect(samples.count >= 5)
    for sample in samples {
      #expect(abs(scene.error(of: sample)) <= Self.resolution + 1)
      #expect(abs(sample.turnaroundNanoseconds - 300_000) <= 1)
      // The counter loses 12 ppm of the round trip; the delay is the difference of two intervals, each good to a nanosecond.
      #expect(abs(sample.delayNanoseconds - 20_000_000) <= 2 + 20_300_000 * 12 / 1_000_000)
    }
  }

  /// Slews and steps of the client's clock while requests are under way.
  @Test(arguments: ["slew", "step", "both"])
  func clockMovedBetweenDepartureAndArrival(how: String) throws {
    let scene = Scene(path: PathModel(constant: .milliseconds(100)))
    scene.server.receiveLatency = .milliseconds(1)
    try scene.startServer()
    let client = try scene.startClient(options: ["min_poll": .integer(2), "max_poll": .integer(2)])
    // A slew every 150 ms: some move falls into every round trip of 201 ms.
    for index in 1...400 {
      scene.world.at(RawInstant(nanoseconds: Int64(index) * 150_000_000)) {
        if how != "step" { scene.client.adjust(.partsPerMillion(index % 2 == 0 ? 500 : -500)) }
        if how != "slew", index % 10 == 0 {
          scene.client.stepSilently(by: .milliseconds(index % 20 == 0 ? 1500 : -700))
        }
      }
    }
    scene.world.run(for: .seconds(60))
    let samples = client.drain()
    #expect(samples.count >= 10, "\(client.messages())")
    for sample in samples {
      // What estimation uses is exact: the reference against the raw clock, and the delay on it.
      let reference = scene.reference(at: sample.raw)
      #expect(abs((sample.reference - reference).inNanoseconds) <= Self.resolution)
      #expect(abs(sample.delayNanoseconds - 200_000_000) <= 1)
    }
  }

  /// A constant slew at the kernel's limit is in both halves of the exchange alike.
  @Test func slewUnderWay() throws {
    let scene = Scene(clientOffset: .milliseconds(20), clientFrequency: .partsPerMillion(-500))
    try scene.startServer()
    let client = try scene.startClient()
    scene.world.run(for: .seconds(100))
    let samples = client.drain()
    #expect(!samples.isEmpty)
    for sample in samples { #expect(abs(scene.error(of: sample)) <= Self.resolution) }
  }

  @Test func aStepBelongsToTheNewEra() throws {
    let scene = Scene(path: PathModel(constant: .milliseconds(100)))
    try scene.startServer()
    let client = try scene.startClient(options: ["min_poll": .integer(2), "max_poll": .integer(2)])
    // When a datagram is half-way: the first one sent after 9 s.
    var steps = 0
    for tick in 0..<400 {
      scene.world.at(RawInstant(nanoseconds: 9_000_000_000 + Int64(tick) * 20_000_000)) {
        if steps == 0, client.openSockets > 0 {
          steps += 1
          scene.client.stepSilently(by: .seconds(40))
        }
      }
    }
    scene.world.run(for: .seconds(30))
    #expect(steps == 1, "no request was under way: the test tests nothing")
    let samples = client.drain()
    #expect(samples.contains { $0.era.rawValue == 0 } && samples.contains { $0.era.rawValue == 1 })
    for sample in samples {
      let expected: Double = sample.era.rawValue == 0 ? 0 : -40e9
      #expect(abs(sample.offset.inNanoseconds - expected) <= Self.resolution)
      #expect(abs(sample.delayNanoseconds - 200_000_000) <= 1)
    }
  }

  @Test func lossJitterDuplicatesAndReordering() throws {
    let jittery = PathModel(
      delay: DelayModel(constant: .milliseconds(10), jitter: .exponential(mean: .milliseconds(1))), loss: 0.15,
      duplication: 0.1, reorders: true)
    let scene = Scene(path: jittery, clientOffset: .milliseconds(-7))
    try scene.startServer()
    let client = try scene.startClient(options: ["min_poll": .integer(3), "max_poll": .integer(3)])
    var samples: [Sample] = []
    for _ in 0..<20 {
      scene.world.run(for: .seconds(100))
      samples += client.drain()
    }
    // 250 polls in 2000 s, of which 0.85² bring both datagrams: 181 ± 7. A copy or the burst at the start adds a few.
    #expect((145...250).contains(samples.count), "\(samples.count) samples")
    var last = RawInstant(nanoseconds: .min)
    for sample in samples {
      #expect(abs(scene.error(of: sample)) <= Double(sample.delayNanoseconds - 20_000_000) / 2 + Self.resolution)
      #expect(sample.raw > last)
      last = sample.raw
    }
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  @Test func sameSeedSameSamples() throws {
    func run(_ seed: UInt64, _ origin: ProviderOrigin) throws -> [Sample] {
      let path = PathModel(
        delay: DelayModel(constant: .milliseconds(10), jitter: .gaussian(deviation: .milliseconds(1))), loss: 0.2)
      let scene = Scene(path: path, seed: seed)
      try scene.startServer(origin)
      let client = try scene.startClient(origin)
      scene.world.run(for: .seconds(1000))
      return client.drain()
    }
    let first = try run(7, .plugin)
    #expect(first.count > 10)
    #expect(try run(7, .plugin) == first)
    #expect(try run(7, .linked) == first, "the shipped file and the linked-in module are one program")
    #expect(try run(8, .plugin) != first)
  }
}
