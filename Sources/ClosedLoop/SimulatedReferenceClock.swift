// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Simulation
import TimeTypes
import VirtualHost

/// A reference clock on the client itself: it brings one-way samples to the engine without a provider.
struct SimulatedReferenceClock {
  let model: ReferenceClockModel
  let id: SourceID
  private var random: SimulationRandom
  private var sequence: UInt32 = 0
  private(set) var next: RawInstant

  init(_ model: ReferenceClockModel, number: UInt32, seed: UInt64, start: RawInstant) {
    self.model = model
    // Above the numbers that provider instances give.
    id = SourceID(rawValue: 0xFFF0_0000 | number)
    random = SimulationRandom(seed: seed, stream: 1 << 60 | UInt64(number))
    next = start + TimeInterval(seconds: model.interval)
  }

  static func options(poll: Int8) -> SourceOptions {
    var options = SourceOptions()
    options.referenceClock = true
    options.minimumPoll = poll
    options.maximumPoll = poll
    return options
  }

  /// The sample of now, nil in an outage. `truth` is UTC now.
  mutating func sample(on host: VirtualHost, elapsed: Double, truth: TimeInterval, poll: Int8) -> Sample? {
    next = next + TimeInterval(seconds: model.interval)
    let error = model.draw(&random)
    if model.outages.contains(where: { $0.contains(elapsed) }) { return nil }
    sequence &+= 1
    let raw = host.rawNow
    return Sample(
      source: id, sequence: sequence, flags: .oneWay, era: host.clock.era, local: host.clock.time(at: raw),
      reference: truth + TimeInterval(seconds: error), raw: raw, dispersion: 1, asymmetryBound: 0, stratum: 0,
      precision: -30, poll: poll)
  }
}
