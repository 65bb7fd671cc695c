// SPDX-License-Identifier: Apache-2.0

import PPS
import ProviderKit
import TestSupport
import TimeTypes

/// A generator of pulses whose true seconds are known, and a clock that is off by what the test says.
struct PulseTrainModel {
  var random: SeededGenerator
  /// The raw counter's own error.
  var rate = 40e-6
  /// Uniform, to either side, ns.
  var jitter = 500.0
  /// The clock is so far ahead of UTC, ns.
  var clockAhead: Int64 = 0
  var era = ClockEra(rawValue: 3)
  /// The hard bound that the host has for its clock.
  var bound = TimeInterval.milliseconds(5)
  var isSynchronized = true
  static let start: Int64 = 1_795_000_000
  private var sequence: UInt32 = 77

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// The raw counter at a time of UTC, ns after the start.
  func raw(_ nanoseconds: Double) -> RawInstant {
    RawInstant(sinceEpoch: .seconds(500) + TimeInterval(nanosecondsAsDouble: nanoseconds * (1 + rate)))
  }

  /// The edge so many seconds after the start.
  mutating func pulse(_ seconds: Double) -> Pulse {
    sequence &+= 1
    let nanoseconds = seconds * 1e9 + jitter * (2 * random.uniform() - 1)
    let time =
      TimeInterval.seconds(Self.start) + TimeInterval(nanosecondsAsDouble: nanoseconds)
      + TimeInterval(nanoseconds: clockAhead)
    return Pulse(raw: raw(nanoseconds), time: time, era: era, errorNanoseconds: 50, sequence: sequence)
  }

  /// What the host says of its clock at that time.
  func followed(_ seconds: Double) -> FollowedTime {
    FollowedTime(isSynchronized: isSynchronized, era: era, raw: raw(seconds * 1e9), bound: bound, growthPPB: 15_000)
  }

  /// The second that the pulse of a time really marks.
  static func second(_ seconds: Int64) -> TimeInterval { .seconds(start + seconds) }
}

extension PulseSource {
  /// One pulse of a model; its reference, nil = it is no sample.
  mutating func feed(_ seconds: Double, _ model: inout PulseTrainModel) -> TimeInterval? {
    let pulse = model.pulse(seconds)
    guard case .sample(let sample) = take(pulse, model.followed(seconds)) else { return nil }
    return sample.reference
  }
}
