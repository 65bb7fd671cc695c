// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import Testing
import TimeTypes
import VirtualHost

/// The client's and the server's binaries in interleaved mode (RFC 9769).
@Suite struct InterleavedTests {
  private static let options: [String: ProviderSetting.Value] = [
    "interleaved": .boolean(true), "iburst": .boolean(false), "min_poll": .integer(4), "max_poll": .integer(4),
  ]

  @Test(arguments: ProviderOrigin.allCases)
  func bothBinariesUnderstandEachOther(origin: ProviderOrigin) throws {
    let scene = Scene(clientOffset: .milliseconds(7))
    try scene.startServer(origin)
    let client = try scene.startClient(origin, options: Self.options)
    scene.world.run(for: .seconds(400))
    let samples = client.drain()
    #expect(samples.count >= 22, "\(client.messages())")
    for sample in samples {
      #expect(abs(sample.offset.inNanoseconds + 7_000_000) <= ExchangeTests.resolution)
      #expect(abs(sample.delayNanoseconds - 20_000_000) <= 2)
    }
    let source = try #require(client.outbox.sources.snapshot().first)
    #expect(source.summary.has(TOMPION_SOURCE_INTERLEAVED))
    #expect(source.rejected == 0 && source.unanswered == 0)
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  @Test func lossJitterDuplicatesAndReorderingMixNoTwoExchanges() throws {
    let path = PathModel(
      delay: DelayModel(constant: .milliseconds(10), jitter: .exponential(mean: .milliseconds(1))), loss: 0.15,
      duplication: 0.1, reorders: true)
    let scene = Scene(path: path, seed: 11)
    try scene.startServer()
    let client = try scene.startClient(options: Self.options)
    var samples: [Sample] = []
    for _ in 0..<60 {
      scene.world.run(for: .seconds(100))
      samples += client.drain()
    }
    #expect(samples.count > 150, "\(samples.count) samples")
    for sample in samples {
      // The error is half of the asymmetry, at most half of what the delay is above its least; of two exchanges it would be seconds.
      #expect(sample.delayNanoseconds >= 19_999_998 && sample.delayNanoseconds < 60_000_000)
      #expect(abs(scene.error(of: sample)) <= Double(sample.delayNanoseconds - 20_000_000) / 2 + 3)
    }
  }
}
