// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

/// A hardware clock is read together with the steered clock, better than that one can be read by itself.
@Suite struct ReadingBySamplesTests {
  private func rms(_ seed: UInt64, readsClockBySamples: Bool) -> Double {
    var source = ModelSource(1, poll: 0, maximumPoll: 0)
    source.base = 1e-9
    source.jitter = 1e-12
    source.options.referenceClock = true
    var parameters = EngineParameters()
    parameters.minimumDispersion = 1e-8
    parameters.readsClockBySamples = readsClockBySamples
    let loop = ClosedLoop(
      parameters: parameters, sources: [source], offset: -0.01, referenceFrequency: 25e-6, seed: seed)
    loop.readingNoise = 50e-9
    loop.run(until: 300)
    let errors = loop.errors(after: 100)
    return (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func theNoiseOfReadingStaysOut(seed: UInt64) {
    let byReadings = rms(seed, readsClockBySamples: false)
    let bySamples = rms(seed, readsClockBySamples: true)
    // ±50 ns uniform is 29 ns; what is left is the kernel's unit of frequency and the model's nanoseconds.
    #expect(byReadings > 5e-9)
    #expect(bySamples < 0.75 * byReadings, "\(bySamples) and \(byReadings)")
  }

  /// A reading that contradicts is believed: somebody moved the clock.
  @Test func aMoveIsStillSeen() {
    var source = ModelSource(1, poll: 0, maximumPoll: 0)
    source.base = 1e-9
    source.jitter = 1e-12
    var parameters = EngineParameters()
    parameters.readsClockBySamples = true
    let loop = ClosedLoop(parameters: parameters, sources: [source], referenceFrequency: 25e-6)
    loop.run(until: 60)
    loop.moveByHand(0.02, announced: false)
    loop.run(until: 120)
    #expect(loop.has { if case .clockMoved = $0 { true } else { false } })
    #expect(loop.error.magnitude < 1e-6)
  }
}
